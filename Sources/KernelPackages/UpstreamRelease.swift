/// The release of Linux that a package is made of, as far as its version says.
public struct UpstreamRelease: Sendable, Equatable {
  /// The tags that it may have in a tree of the kernel, the likelier one first: `v6.5` and `v6.5.0` of Fedora's `6.5.0-57.fc39`,
  /// `v6.12-rc6` of Debian's `6.12~rc6-1~exp1`.
  public let tags: [String]
  /// Whether it is made of nothing but that release and what its distribution put upon it. A third number that is 0 stays so
  /// whatever of the later releases is in it (Ubuntu's `6.8.0-40.40`), and between two releases of Torvalds'; a candidate's
  /// RPM may be some day's state of the tree.
  public let isCertain: Bool

  /// Of a package; nil where its version begins with no number of a release.
  public init?(of package: KernelPackage) {
    let pattern =
      /^([0-9]+:)?(?<numbers>[0-9]+(\.[0-9]+)+)((?<mark>~|_|\.|-0\.|-)rc(?<candidate>[0-9]+))?(?<rest>.*)$/
    guard let match = package.version.wholeMatch(of: pattern) else { return nil }
    let numbers = match.numbers.split(separator: ".")
    let candidate = match.candidate.map { "-rc\($0)" } ?? ""
    let endsInZero = numbers.count > 2 && numbers.last == "0"
    let spellings = (endsInZero ? [numbers.dropLast().joined(separator: ".")] : []) + [String(match.numbers)]
    tags = spellings.map { "v\($0)\(candidate)" }
    let isDebian = package.scheme == .debian
    // Before 3.0 Torvalds' releases had three numbers.
    let isStable = numbers.count > (numbers[0] == "2" ? 3 : 2) && !endsInZero && candidate.isEmpty
    let isTorvalds = isDebian && numbers.count == 2 && (candidate.isEmpty || match.mark == "~")
    // Whatever else stands before the revision says that something was added.
    let hasOnlyRevision = match.rest.wholeMatch(of: /-[^\-]+/) != nil
    isCertain = package.scheme != .release && (isStable || isTorvalds) && hasOnlyRevision
  }
}
