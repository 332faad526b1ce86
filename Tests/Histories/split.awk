# split.awk: parts for a difference. In: lines of `git diff-tree -r`, sorted by path. Out: "part, tab, line".
# -v parts=N. The heaviest part is parted again and again: its heaviest folder leaves it; where all files are of
# one folder they are halved. So each part is a file, some neighbours, a folder, or what is left of one.
# Files that a small configuration may compile weigh more and so end up in smaller parts.
BEGIN {
  FS = "\t"
  core = "^(arch/x86|block|include|init|ipc|kernel|lib|mm|net/(core|ipv4|ipv6|sched|unix)|fs/[^/]*$)"
}

{
  files++
  line[files] = $0
  path[files] = $2
  weight[files] = $2 ~ core ? 4 : 1
  part[files] = 1
}

# The part to split next: the heaviest of those with two files and more; of equals the first.
function heaviest(    file, number, best, sum, size) {
  for (file = 1; file <= files; file++) {
    sum[part[file]] += weight[file]
    size[part[file]]++
  }
  best = 0
  for (number = 1; number <= made; number++)
    if (size[number] > 1 && (!best || sum[number] > sum[best])) best = number
  return best
}

# Weighs what is directly in the folder of a part: its subfolders by name, its own files under "".
function weigh(number, inside,    file, rest, slash, kinds, name) {
  split("", inside)
  for (file = 1; file <= files; file++) if (part[file] == number) {
    rest = substr(path[file], length(folder[number]) + 1)
    slash = index(rest, "/")
    name = slash ? substr(rest, 1, slash) : ""
    if (!(name in inside)) kinds++
    inside[name] += weight[file]
  }
  return kinds
}

function halve(number,    file, total, seen) {
  for (file = 1; file <= files; file++) if (part[file] == number) { total += weight[file]; last = file }
  for (file = 1; file <= files; file++) if (part[file] == number) {
    if (seen >= total / 2 || file == last) part[file] = made
    seen += weight[file]
  }
  folder[made] = folder[number]
}

function leave(number, inside,    file, name, best) {
  best = ""
  for (name in inside)
    if (name != "" && (best == "" || inside[name] > inside[best] || inside[name] == inside[best] && name < best))
      best = name
  folder[made] = folder[number] best
  for (file = 1; file <= files; file++)
    if (part[file] == number && index(path[file], folder[made]) == 1) part[file] = made
}

END {
  folder[1] = ""
  for (made = 1; made < parts && made < files; ) {
    number = heaviest()
    while (weigh(number, inside) == 1 && !("" in inside)) for (name in inside) folder[number] = folder[number] name
    made++
    if ("" in inside && weigh(number, inside) == 1) halve(number)
    else leave(number, inside)
  }
  for (file = 1; file <= files; file++) print part[file] "\t" line[file]
}
