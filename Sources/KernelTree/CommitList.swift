import HostSystem

/// The list of commits that git-rev-list(1) writes in a format of ours.
enum CommitList {
  /// The format: two lines a commit, `commit ID` and the tree, the parents and the subject with NUL between. git joins
  /// the lines of a subject, and no line of it can hold NUL.
  static let format = ["--encoding=UTF-8", "--no-color", "--format=%T%x00%P%x00%s"]

  /// Reads the list, in its order.
  static func read(_ output: String) throws(Failure) -> [Commit] {
    var commits: [Commit] = []
    var id: CommitID?
    // Bytes, as a subject may hold what Swift takes for one character with the line feed.
    for line in output.utf8.split(separator: 10, omittingEmptySubsequences: false) {
      if let current = id {
        let fields = line.split(separator: 0, omittingEmptySubsequences: false)
        guard fields.count == 3 else { throw unreadable(line) }
        let parents = fields[1].split(separator: 32).map { CommitID(String(Substring($0))) }
        commits.append(
          Commit(
            id: current, parents: parents, tree: String(Substring(fields[0])), subject: String(Substring(fields[2]))))
        id = nil
      } else if line.starts(with: "commit ".utf8) {
        id = CommitID(String(Substring(line.dropFirst(7))))
      } else if !line.isEmpty {
        throw unreadable(line)
      }
    }
    if id != nil { throw Failure(.toolFailed, "git's list of commits ends in the middle of one") }
    return commits
  }

  private static func unreadable(_ line: Substring.UTF8View) -> Failure {
    Failure(.toolFailed, "git's list of commits has a line that makes no sense: \(Substring(line).prefix(80))")
  }
}
