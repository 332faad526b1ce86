extension CommitBisection {
  /// What is worth telling while it goes on.
  public enum Event: Sendable {
    /// A sample is about to be built and judged; so many commits are open.
    case examining(Sample, Role, open: Int)
    /// It was; this is what it means. `wasKnown` when the ledger had it from an earlier run.
    case examined(Sample, Role, Examination?, CommitSearch.Answer?, open: Int, wasKnown: Bool)
    /// Of so many commits only these can change the kernel, and are searched.
    case narrowed(to: Int, of: Int)
    /// Something that a person should know.
    case note(String)
  }

  /// What a sample is examined for.
  public enum Role: String, Sendable {
    case goodEnd = "good end"
    case badEnd = "bad end"
    case mergeBase = "merge base"
    case step
    case culprit = "proof: culprit"
    case parent = "proof: parent"
    case revert = "proof: without it"

    var isEnd: Bool { self == .goodEnd || self == .badEnd || self == .mergeBase }
  }
}
