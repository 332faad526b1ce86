import Foundation
import HostSystem
import TestSupport
import Testing

@testable import KernelTree

/// A history with a side branch from before the good commit:
///
///     begin -- old -- one -- merge -- new
///          \                /
///           side1 -- side2
private struct Forked {
  let repository: Repository
  let tree: KernelTree
  let begin, old, one, side1, side2, merge, new: CommitID

  init() async throws {
    repository = try await Repository()
    begin = try await repository.begin()
    try await repository.git("checkout", "-q", "-b", "side")
    side1 = try await repository.commit("side1", ["side": "1\n"])
    side2 = try await repository.commit("side2", ["side": "2\n"])
    try await repository.git("checkout", "-q", "master")
    old = try await repository.commit("old", ["old": "o\n"])
    one = try await repository.commit("one", ["one": "1\n"])
    merge = try await repository.merge("side", "merge")
    new = try await repository.commit("new", ["one": nil, "new": "1\n"])
    tree = try await repository.tree()
  }
}

@Suite struct `A range of commits` {
  @Test func `is what the new end has and the old has not, side branches too, parents first`() async throws {
    let history = try await Forked()
    let range = try await history.tree.range(from: history.old, to: history.new)
    #expect(Set(range.map(\.id)) == [history.one, history.side1, history.side2, history.merge, history.new])
    #expect(range.count == 5)
    #expect(range.last?.id == history.new)
    var seen: Set<CommitID> = [history.old, history.begin]
    for commit in range {
      #expect(commit.parents.allSatisfy(seen.contains), "\(commit.subject) comes before a parent of it")
      seen.insert(commit.id)
    }
    #expect(range.first { $0.id == history.merge }?.parents == [history.one, history.side2])
  }

  @Test func `is the same each time, after git packed everything as well`() async throws {
    let history = try await Forked()
    let range = try await history.tree.range(from: history.old, to: history.new)
    #expect(try await history.tree.range(from: history.old, to: history.new) == range)
    try await history.repository.git("repack", "-q", "-a", "-d")
    try await history.repository.git("commit-graph", "write", "--reachable")
    #expect(try await history.tree.range(from: history.old, to: history.new) == range)
  }

  @Test func `is empty backwards, and from a commit to itself`() async throws {
    let history = try await Forked()
    #expect(try await history.tree.range(from: history.new, to: history.old).isEmpty)
    #expect(try await history.tree.range(from: history.new, to: history.new).isEmpty)
  }

  @Test func `needs commits that exist, by their full ids`() async throws {
    let history = try await Forked()
    let treeID = CommitID(try await history.repository.git("rev-parse", "HEAD^{tree}"))
    let none = CommitID(String(repeating: "0", count: 40))
    for id in [CommitID("HEAD"), CommitID("--all"), CommitID(""), none, CommitID(history.new.short)] {
      let found = await failure { _ = try await history.tree.range(from: id, to: history.new) }
      #expect(found != nil, "\(id)")
      #expect(await failure { _ = try await history.tree.commit(id) } != nil, "\(id)")
    }
    let found = await failure { _ = try await history.tree.commit(treeID) }
    #expect(found?.message == "\(treeID) is no commit of \(history.repository.folder.path)")
  }
}

@Suite struct `A commit` {
  @Test func `has its parents, its tree and its subject`() async throws {
    let history = try await Forked()
    let commit = try await history.tree.commit(history.merge)
    #expect(commit.id == history.merge)
    #expect(commit.parents == [history.one, history.side2])
    #expect(commit.tree == (try await history.repository.git("rev-parse", "\(history.merge)^{tree}")))
    #expect(commit.subject == "merge")
    #expect(commit.quoted == "\(history.merge.short) (\"merge\")")
    #expect(try await history.tree.commit(history.begin).parents == [])
  }

  @Test(arguments: [
    ("two\nlines\n\nand more", "two lines"), ("", ""), ("CR\rwithin\r\n\r\nmore", "CR\rwithin"),
    ("commit 0123", "commit 0123"), ("Grüße \u{301}x", "Grüße \u{301}x"),
  ])
  func `may have any message`(_ message: String, _ subject: String) async throws {
    let repository = try await Repository()
    try await repository.begin()
    try await repository.git("config", "i18n.logOutputEncoding", "latin1")
    let file = try repository.scratch.file("message", message)
    let id = CommitID(try await repository.git("commit-tree", "HEAD^{tree}", "-F", file.path))
    let next = CommitID(try await repository.git("commit-tree", "HEAD^{tree}", "-p", id.hex, "-m", "next"))
    let tree = try await repository.tree()
    #expect(try await tree.commit(id).subject == subject)
    #expect(try await tree.range(from: repository.head(), to: next).map(\.subject) == [subject, "next"])
  }

  @Test func `is told to a person with its message and its files, whatever is configured`() async throws {
    let history = try await Forked()
    for (key, value) in [
      ("format.pretty", "oneline"), ("color.ui", "always"), ("diff.external", "false"), ("log.showSignature", "true"),
    ] {
      try await history.repository.git("config", key, value)
    }
    let account = try await history.tree.account(of: history.new)
    #expect(account.hasPrefix("commit \(history.new)\nAuthor: A <a>\n"))
    #expect(account.contains("\n    new\n"))
    #expect(account.contains(" rename") == false)
    #expect(account.contains("1 file changed"))
    let merge = try await history.tree.account(of: history.merge)
    #expect(merge.contains("\nMerge: "))
    #expect(merge.contains(" side | 1 +\n"))
  }

  @Test func `changes files against its first parent, the first commit against nothing`() async throws {
    let history = try await Forked()
    #expect(try await history.tree.changedFiles(of: history.merge) == ["side"])
    // Equal contents would be a rename for git; to a build they are two files.
    #expect(try await history.tree.changedFiles(of: history.new) == ["new", "one"])
    #expect(try await history.tree.changedFiles(of: history.begin) == ["Kconfig", "Makefile", "arch/x86/x"])
  }

  @Test func `may change files with odd names, and none`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let names = ["a\nb", "\"q\"", "-x", "tab\t", "é", "\u{301}x", "sp ace/\\ "]
    let odd = try await repository.commit("odd", Dictionary(uniqueKeysWithValues: names.map { ($0, "x\n") }))
    let none = try await repository.commit("none")
    let tree = try await repository.tree()
    #expect(Set(try await tree.changedFiles(of: odd)) == Set(names))
    #expect(try await tree.changedFiles(of: none) == [])
  }
}

@Suite struct `Two commits` {
  @Test func `have their fork for a merge base`() async throws {
    let history = try await Forked()
    #expect(try await history.tree.mergeBases(history.one, history.side2) == [history.begin])
    #expect(try await history.tree.mergeBases(history.old, history.new) == [history.old])
  }

  @Test func `have several merge bases after a criss-cross, in a settled order`() async throws {
    let repository = try await Repository()
    try await repository.begin()
    let a = try await repository.commit("a", ["a": "a\n"])
    try await repository.git("checkout", "-q", "-b", "other", "HEAD~")
    let b = try await repository.commit("b", ["b": "b\n"])
    let right = try await repository.merge("master", "right")
    try await repository.git("checkout", "-q", "master")
    try await repository.git("merge", "-q", "--no-ff", "-m", "left", b.hex)
    let left = try await repository.head()
    let tree = try await repository.tree()
    let both = [a, b].sorted { $0.hex < $1.hex }
    #expect(try await tree.mergeBases(left, right) == both)
    #expect(try await tree.mergeBases(right, left) == both)
    #expect(try await tree.range(from: left, to: right).map(\.id) == [right])
  }

  @Test func `have no merge base when their histories have nothing in common`() async throws {
    let history = try await Forked()
    let island = CommitID(try await history.repository.git("commit-tree", "-m", "island", "HEAD^{tree}"))
    #expect(try await history.tree.mergeBases(island, history.new) == [])
    #expect(try await !history.tree.isAncestor(island, of: history.new))
  }

  @Test func `are ancestor and descendant, or not`() async throws {
    let history = try await Forked()
    #expect(try await history.tree.isAncestor(history.side1, of: history.new))
    #expect(try await history.tree.isAncestor(history.new, of: history.new))
    #expect(try await !history.tree.isAncestor(history.new, of: history.old))
    #expect(try await !history.tree.isAncestor(history.side1, of: history.one))
  }

  @Test func `of which one is missing are a failure, and not just unrelated`() async throws {
    let history = try await Forked()
    let none = CommitID(String(repeating: "1", count: 40))
    for work in 0..<2 {
      let found = await failure {
        if work == 0 { _ = try await history.tree.mergeBases(none, history.new) }
        if work == 1 { _ = try await history.tree.isAncestor(history.new, of: none) }
      }
      #expect(found?.message.contains("cannot be compared: ") == true)
    }
  }
}

@Suite struct `A list of commits` {
  @Test func `is read by bytes`() throws {
    let commits = try CommitList.read("commit aa\n11\0bb cc\0sub\u{301}ject\r\ncommit bb\n22\0\0\n")
    #expect(
      commits == [
        Commit(id: CommitID("aa"), parents: [CommitID("bb"), CommitID("cc")], tree: "11", subject: "sub\u{301}ject\r"),
        Commit(id: CommitID("bb"), parents: [], tree: "22", subject: ""),
      ])
    #expect(try CommitList.read("") == [])
  }

  @Test(arguments: ["commit aa\n", "commit aa", "commit aa\n11\0bb\n", "noise\n", "commit aa\n1\0\0a\0b\n"])
  func `that is cut short or makes no sense is a failure`(_ text: String) {
    #expect(throws: Failure.self) { try CommitList.read(text) }
  }
}

@Suite struct `The environment of git` {
  private let hook = [
    "GIT_DIR": "/elsewhere", "GIT_WORK_TREE": "/", "GIT_INDEX_FILE": "i", "GIT_OBJECT_DIRECTORY": "o",
    "GIT_EXTERNAL_DIFF": "false", "GIT_CONFIG_PARAMETERS": "'core.bare=true'", "GIT_CONFIG_GLOBAL": "/config",
    "GIT_OPTIONAL_LOCKS": "1", "PATH": "/bin",
  ]

  @Test func `loses what a hook was given, and keeps where the configuration is`() {
    let changes = GitEnvironment.changes(to: hook, isOurs: false)
    for name in [
      "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF",
      "GIT_CONFIG_PARAMETERS",
    ] {
      #expect(changes[name] == .some(nil), "\(name)")
    }
    #expect(changes["GIT_CONFIG_GLOBAL"] == nil)
    #expect(changes["PATH"] == nil)
    #expect(changes["GIT_OPTIONAL_LOCKS"] == "0")
  }

  @Test func `has no configuration but ours where the repository is ours`() {
    #expect(GitEnvironment.changes(to: hook, isOurs: true)["GIT_CONFIG_GLOBAL"] == "/dev/null")
  }

  @Test func `unsets every variable that git calls local to a repository`() async throws {
    let git = try Tool("git", remedy: "none")
    let local = try await git.succeed(["rev-parse", "--local-env-vars"]).output.split(separator: "\n").map(String.init)
    #expect(local.contains("GIT_DIR"))
    let changes = GitEnvironment.changes(
      to: Dictionary(uniqueKeysWithValues: local.map { ($0, "x") }), isOurs: false)
    for name in local { #expect(changes[name] == .some(nil), "\(name)") }
  }

  @Test func `leads no command of ours to the hook's repository`() async throws {
    let repository = try await Repository()
    let id = try await repository.begin()
    let other = try await Repository()
    try await other.begin(["other": "o"])
    // As inherited: the caller's variables are set, then changed as git's environment says.
    let hook = ["GIT_DIR": other.folder.path + "/.git", "GIT_WORK_TREE": other.folder.path]
    let env = try Tool("env", remedy: "none")
    let changes = GitEnvironment.changes(to: hook, isOurs: false)
    let inherited = hook.map { "\($0)=\($1)" }
    let unset = changes.filter { $0.value == nil }.keys.sorted().flatMap { ["-u", $0] }
    func head(_ options: [String]) async throws -> String {
      try await env.succeed(options + ["git", "rev-parse", "HEAD"], in: repository.folder.path).output
    }
    #expect(try await head(inherited) != "\(id)\n")
    #expect(try await head(["env"] + inherited + ["env"] + unset) == "\(id)\n")
  }
}
