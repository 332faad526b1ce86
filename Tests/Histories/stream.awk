# stream.awk: parts in an order of chance, as commits for `git fast-import`. In: what split.awk prints. Variables:
# seed, root (the commit to start from), old and new (versions), centre (a file whose part comes in the last half but
# not at the end), first_date.

# The generator of Park and Miller: awk's own rand() differs from awk to awk.
function chance(below) {
  state = (state * 16807) % 2147483647
  return state % below
}

function folder_of(path) {
  return path ~ /\// ? substr(path, 1, match(path, /\/[^\/]*$/) - 1) : ""
}

# When a part comes, in thousandths of the history. By chance alone a header lies a third of the history from its
# users, and hardly a commit builds. So parts with a header come early (headers mostly add), the network's parts,
# which need one another most, come in one season with their own headers, and that season is the stretch that does
# not build; the part of the file that is looked for comes after it, and everything else at any time.
function season(number) {
  if (number == central) return 620 + chance(180)
  if (paths[number] ~ "(^|\n)(include/)?net/") return 250 + chance(350)
  if (paths[number] ~ "[.]h(\n|$)") return chance(250)
  return chance(1000)
}

# The folder that all files of the part are in.
function common_folder(number,    names, count, i, folder) {
  count = split(paths[number], names, "\n")
  folder = folder_of(names[1])
  for (i = 2; i <= count; i++)
    while (folder != "" && index(names[i], folder "/") != 1) folder = folder_of(folder)
  return folder
}

# Two files by their names, more by the first name: that alone makes every subject another.
function subject(number,    names, count, folder, start) {
  count = split(paths[number], names, "\n")
  if (count == 1) return names[1] ": as in " new
  folder = common_folder(number)
  start = folder == "" ? 1 : length(folder) + 2
  return (folder == "" ? "tree" : folder) ": " substr(names[1], start) \
    (count == 2 ? " and " substr(names[2], start) : " and " count - 1 " more") " as in " new
}

BEGIN { FS = "\t" }

{
  split($2, word, " ")
  change[$3] = word[5] == "D" ? "D " $3 : "M " word[2] " " word[4] " " $3
  if (!($1 in paths)) order[++count] = $1
  paths[$1] = paths[$1] ($1 in paths && paths[$1] != "" ? "\n" : "") $3
  if ($3 == centre) central = $1
  for (up = folder_of($3); up != "" && word[5] != "D"; up = folder_of(up)) folders[up]
}

END {
  state = seed % 2147483646 + 1
  for (i = 1; i <= 10; i++) chance(2)
  for (i = 1; i <= count; i++) key[order[i]] = season(order[i])
  for (i = 2; i <= count; i++) {
    number = order[i]
    for (j = i; j > 1 && key[order[j - 1]] > key[number]; j--) order[j] = order[j - 1]
    order[j] = number
  }
  print "reset refs/heads/main\nfrom " root "\n"
  for (i = 1; i <= count; i++) {
    number = order[i]
    who = "Firstbad histories <histories@firstbad.invalid> " first_date + i * 3600 " +0000"
    print "commit refs/heads/main\nauthor " who "\ncommitter " who "\ndata <<END OF MESSAGE"
    print subject(number) "\n"
    print "Part " i " of " count " of the difference between " package " " old " and " new ","
    print "in an order of chance (seed " seed "): it may need a part that comes later.\nEND OF MESSAGE"
    many = split(paths[number], names, "\n")
    for (j = 1; j <= many; j++)
      # A file that gives way to a folder of its name: the folder's first file removes it, and D would the folder.
      if (change[names[j]] !~ /^D/ || !(names[j] in folders)) print change[names[j]]
    print ""
  }
  print "done"
}
