/// What an old tree needs so that the tools of today make a sound kernel of it: one row of ``FixUp/table``.
///
/// Which trees need it is decided by ancestry, by a commit's title or by what a file holds, and never by a version
/// number: branches that forked long before a repair are merged long after it, and stable trees take it over under
/// another id.
public struct FixUp: Sendable, Equatable {
  /// How it is called on the command line and in reports.
  public let name: String
  /// What goes wrong without it.
  public let summary: String
  /// By what it is known.
  public let symptom: Symptom
  /// Whether it is applied before the first build, or once a build failed with the symptom.
  public let moment: Moment
  /// The tools that bring it on: one of these; none means any.
  public let tools: [ToolRange]
  /// The trees that need it: all of these hold.
  public let trees: [TreeCondition]
  /// What is done.
  public let actions: [Action]
  /// Where it is known from.
  public let provenance: String
  /// Whether a tree is built without it where it cannot be had. Elsewhere such a tree cannot be tested.
  public let isWish: Bool
  /// Whether anybody has seen the trouble with their own eyes, and seen it gone.
  public let verification: Verification

  /// A row.
  public init(
    _ name: String, _ summary: String, symptom: Symptom, moment: Moment, tools: [ToolRange] = [],
    trees: [TreeCondition] = [], actions: [Action], provenance: String, isWish: Bool = false,
    _ verification: Verification
  ) {
    self.isWish = isWish
    self.name = name
    self.summary = summary
    self.symptom = symptom
    self.moment = moment
    self.tools = tools
    self.trees = trees
    self.actions = actions
    self.provenance = provenance
    self.verification = verification
  }

  /// By what a trouble is known. A `*` in a pattern stands for anything within one line.
  public enum Symptom: Sendable, Equatable {
    /// In the first error of a build's log, or in the lines about it.
    case build(String)
    /// On the console of a kernel that built: it looks like a regression.
    case console(String)
    /// By nothing at all, or by nothing but what goes wrong later; the text says by what.
    case silent(String)
  }

  /// When it is applied.
  public enum Moment: String, Sendable {
    /// Before the first build.
    case ahead
    /// Once a build failed with the symptom; then it is built again.
    case afterwards
  }

  /// A commit by its id in the mainline, and by its title, under which stable trees have it too.
  public struct CommitName: Sendable, Hashable {
    /// The first digits of its id.
    public let id: String
    /// Its title.
    public let title: String

    /// Both.
    public init(_ id: String, _ title: String) {
      self.id = id
      self.title = title
    }
  }

  /// What must hold of a tree.
  public enum TreeCondition: Sendable, Equatable {
    /// The file has this text in it.
    case holds(String, String)
    /// The file is there and has not this text in it.
    case lacks(String, String)
    /// There is no such file.
    case without(String)
    /// The commit that brought the trouble is in the history, by its id or its title.
    case since(CommitName)
    /// The commit that mended it is not.
    case until(CommitName)
  }

  /// What is done. None of it goes into the user's repository.
  public enum Action: Sendable, Equatable {
    /// A word behind the compiler's name, where the probes of the Makefiles see it, and before their own flags.
    case compilerFlag(String)
    /// The same for the compiler of the build's own programs.
    case hostFlag(String)
    /// The same for the linker.
    case linkerFlag(String)
    /// `NAME=VALUE` for make.
    case makeArgument(String)
    /// A symbol of the configuration, unless the user or the probe asks for it otherwise.
    case config(String, String)
    /// What this commit changed, put on top.
    case cherryPick(CommitName)
    /// A file that the tree lacks, as a copy of one that it has. In the first path `%` is the compiler's version; in
    /// the second `*` is the greatest number that is there.
    case copy(to: String, from: String)
  }

  /// Whether it was seen.
  public enum Verification: Sendable, Equatable {
    /// Both the trouble and its end were seen, on these kernels and with these tools.
    case verified(String)
    /// Known from others only. Off unless asked for.
    case unverified
  }

  /// Whether it is on without being asked for.
  public var isVerified: Bool { verification != .unverified }

  /// Whether a text that `*` may stand in the middle of is in one of these lines.
  static func matches(_ pattern: String, _ lines: [String]) -> Bool {
    let parts = pattern.split(separator: "*")
    return lines.contains { line in
      var rest = line[...]
      for part in parts {
        guard let found = rest.firstRange(of: part) else { return false }
        rest = rest[found.upperBound...]
      }
      return true
    }
  }
}
