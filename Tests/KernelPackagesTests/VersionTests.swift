import HostSystem
import Testing

@testable import KernelPackages

/// Deterministic, so that a failure can be repeated.
private struct Chance: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}

@Suite struct `A package's flavour` {
  @Test(arguments: [
    ("linux-image-6.1.0-54-cloud-amd64", "cloud-amd64"), ("linux-image-6.1.0-54-amd64", "amd64"),
    ("linux-image-6.1.0-54-rt-amd64-unsigned", "rt-amd64"), ("linux-image-6.12.113+deb12-cloud-amd64", "cloud-amd64"),
    ("linux-image-5.10.0-0.deb10.16-amd64", "amd64"), ("linux-binary-7.2.13+deb14-amd64", "amd64"),
    ("linux-image-unsigned-6.8.0-31-generic", "generic"), ("linux-image-6.2.0-rc7-amd64", "amd64"),
    ("linux-image-6.1.0-9", ""), ("linux-image-6.1.0-00123-gabcdef0-dirty", ""), ("linux-image-6.1.0", ""),
    ("kernel-core", "kernel-core"), ("kernel-default", "kernel-default"),
  ])
  func `is what is left of its name without the release`(name: String, flavour: String) {
    #expect(KernelPackage(name: name, version: "1").flavour == flavour)
  }
}

@Suite struct `Versions are ordered` {
  @Test func `as kernels come, oldest first`() {
    let versions = [
      "5.10.0-43", "6.1.170-3", "6.1.187-1", "6.1.190-1", "6.1.192-1", "6.1.192-2", "6.12~rc7-1~exp1",
      "6.12.9-1~bpo12+1", "6.12.9-1", "6.12.100-1~deb12u1", "7.2.13-1", "1:2.0-1",
    ]
    #expect(versions.reversed().map { PackageVersion($0) }.sorted().map(\.text) == versions)
  }

  @Test func `as RPM's are`() {
    let versions = [
      "6.4.14~rc1-200.fc38", "6.4.14-200.fc38", "6.4.14-200.fc39", "6.5.6-300.fc39", "6.10.0-1", "1:1.0-1",
    ]
    #expect(versions.reversed().map { PackageVersion($0, .rpm) }.sorted().map(\.text) == versions)
  }

  /// Pairs from the manual of rpm-version(7) and its like: left is earlier.
  @Test(arguments: [
    ("1.0", "1.0.1"), ("1.0~rc1", "1.0"), ("1.0", "1.0^git1"), ("1.0^git1", "1.0.1"), ("1.0a", "1.0.1"),
    ("2.0.1a", "2.0.1b"), ("5.5p1", "5.5p10"), ("10xyz", "10.1xyz"), ("xyz10", "10xyz"), ("1.0~rc1", "1.0~rc2"),
    ("1.0~rc1^git1", "1.0^git1"),
  ])
  func `by rpm's rules`(earlier: String, later: String) {
    #expect(PackageVersion(earlier, .rpm) < PackageVersion(later, .rpm))
    #expect(!(PackageVersion(later, .rpm) < PackageVersion(earlier, .rpm)))
  }

  @Test func `as kernels call themselves, candidates before their release`() {
    let releases = [
      "6.1.0-54-cloud-amd64", "6.1.3", "6.2-rc8", "6.2.0-rc1", "6.2.0-rc1-00012-gabcdef", "6.2.0-0.rc1.14.fc38.x86_64",
      "6.2.0-rc2", "6.2.0-rc7+", "6.2.0-rc10", "6.2.0", "6.2.0+", "6.2.0-9-generic", "6.2.0-12-generic", "6.2.1-rc1",
      "6.2.1", "6.10.0-rc1", "6.10.0",
    ]
    #expect(releases.reversed().sorted(by: KernelRelease.isOlder(_:than:)) == releases)
    #expect(KernelRelease.isOlder("6.2.0-rc1 (6.2.0-rc1-0123456789ab)", than: "6.2.0 (6.2.0-abcdef012345)"))
    // Among packages nothing is a candidate but by its tilde.
    #expect(PackageVersion("6.2.0-rc1") > PackageVersion("6.2.0"))
  }

  @Test func `with leading zeros and separators that say nothing to rpm`() {
    #expect(PackageVersion("1.05", .rpm) == PackageVersion("1.5", .rpm))
    #expect(PackageVersion("1.0", .rpm) == PackageVersion("1_0", .rpm))
    #expect(PackageVersion("1.0.", .rpm) == PackageVersion("1.0", .rpm))
  }

  @Test func `as dpkg orders three hundred made of everything that a version may hold`() async throws {
    let dpkg = try Tool("dpkg", remedy: "install dpkg")
    var chance = Chance(state: 7)
    let pieces = ["0", "1", "01", "10", "9", "a", "b", "Z", "~", "~~", "+", ".", "-", "rc", "deb12u1", "6.1."]
    func version() -> String {
      "1" + (0..<Int.random(in: 1...6, using: &chance)).map { _ in pieces.randomElement(using: &chance) ?? "" }.joined()
    }
    var pairs: [(String, String)] = []
    for _ in 0..<300 {
      let one = version().replacing("--", with: "-"), other = version().replacing("--", with: "-")
      // A version does not end in its hyphen.
      pairs.append((one + (one.hasSuffix("-") ? "1" : ""), other + (other.hasSuffix("-") ? "1" : "")))
    }
    for (one, other) in pairs {
      let status = try await dpkg.run(["--compare-versions", one, "lt", other]).status
      #expect((PackageVersion(one) < PackageVersion(other)) == (status == 0), "\(one) < \(other)")
    }
  }
}

@Suite struct `The release that a package is made of` {
  @Test(arguments: [
    ("6.1.187-1", ["v6.1.187"], true), ("6.12.9-1~bpo12+1", ["v6.12.9"], true), ("6.12-1~exp1", ["v6.12"], true),
    ("6.12~rc6-1~exp1", ["v6.12-rc6"], true), ("1:6.1.79-99.167", ["v6.1.79"], true),
    ("6.8.0-40.40", ["v6.8", "v6.8.0"], false), ("6.2.0~rc1-3", ["v6.2-rc1", "v6.2.0-rc1"], false),
    ("6.1.5-00012-gabcdef0-3", ["v6.1.5"], false), ("6.1.5+-3", ["v6.1.5"], false), ("2.6.32-48", ["v2.6.32"], false),
  ])
  func `is told by its version, and so is where that is not all`(version: String, tags: [String], isCertain: Bool) {
    let release = UpstreamRelease(of: KernelPackage(name: "x", version: version))
    #expect(release?.tags == tags && release?.isCertain == isCertain)
  }

  @Test(arguments: [
    ("6.5.6-300.fc39", ["v6.5.6"], true), ("6.5.0-57.fc39", ["v6.5", "v6.5.0"], false),
    ("6.5.0-0.rc1.20230711git3f01e9f.12.fc39", ["v6.5-rc1", "v6.5.0-rc1"], false),
  ])
  func `is told by an RPM's`(version: String, tags: [String], isCertain: Bool) {
    let release = UpstreamRelease(of: KernelPackage(name: "kernel-core", version: version, scheme: .rpm))
    #expect(release?.tags == tags && release?.isCertain == isCertain)
  }

  @Test func `is never certain of an image, and unknown where no number says it`() {
    let image = KernelPackage(name: "linux-image-6.1.5", version: "6.1.5-0123456789ab", scheme: .release)
    #expect(UpstreamRelease(of: image)?.isCertain == false)
    #expect(UpstreamRelease(of: KernelPackage(name: "x", version: "mine-1")) == nil)
  }
}

@Suite struct `A changelog` {
  private let debian = """
    linux (6.1.190-1) bookworm-security; urgency=high

      * New upstream stable release:
        https://www.kernel.org/pub/linux/kernel/v6.x/ChangeLog-6.1.189
        - [x86] pkeys: return ENOSPC without
          protection keys
        - tcp: fix a thing

      [ Somebody ]
      * d/bin: tidy

     -- Somebody <mail>  Mon, 02 Nov 2026 10:00:00 +0100

    linux (6.1.187-1) bookworm-security; urgency=high

      * mm: another

     -- Somebody <mail>  Mon, 01 Sep 2026 10:00:00 +0100

    """

  @Test func `is read as deb-changelog says, and long lines are whole`() {
    let entries = Changelog(parsing: debian, scheme: .debian).entries
    #expect(entries.map(\.version) == ["6.1.190-1", "6.1.187-1"])
    #expect(entries[0].lines.contains("[x86] pkeys: return ENOSPC without protection keys"))
    #expect(entries[0].lines.contains("d/bin: tidy"))
    #expect(entries[1].lines == ["mm: another"])
  }

  @Test func `gives what came after a version`() {
    let log = Changelog(parsing: debian, scheme: .debian)
    #expect(log.after(PackageVersion("6.1.187-1")).map(\.version) == ["6.1.190-1"])
    #expect(log.after(PackageVersion("6.1.190-1")).isEmpty)
    #expect(log.after(PackageVersion("6.1.1-1")).map(\.version) == ["6.1.190-1", "6.1.187-1"])
  }

  @Test func `may begin with a version of the one who signed it`() {
    let log = Changelog(parsing: debian.replacing("(6.1.190-1)", with: "(6.1.190+1)"), scheme: .debian)
    #expect(log.after(PackageVersion("6.1.187-1")).map(\.version) == ["6.1.190+1"])
  }

  @Test func `gives the lines about a probe, those with the most of its words first`() {
    let entry = Changelog(parsing: debian, scheme: .debian).entries[0]
    #expect(entry.lines(about: ["net", "tcp"]) == ["tcp: fix a thing"])
    #expect(entry.lines(about: ["x86", "pkeys", "fix"]).first?.hasPrefix("[x86] pkeys") == true)
    #expect(entry.lines(about: ["ti"]).isEmpty, "words, not letters")
  }

  @Test func `of an RPM is in its header, an entry a version`() {
    let text = """
      * Fri Sep 01 2023 Somebody <mail> - 6.4.14-200
      - one
      - two

      * Fri Aug 25 2023 Somebody <mail> [6.4.12-200]
      - three
      """
    let entries = Changelog(parsing: text, scheme: .rpm).entries
    #expect(entries.map(\.version) == ["6.4.14-200", "6.4.12-200"])
    #expect(entries.map(\.lines) == [["one", "two"], ["three"]])
  }
}

@Suite struct `Packages with a kernel` {
  @Test func `are not those that depend on one, hold its symbols or are to be signed`() {
    let stanzas = """
      Package: linux-image-cloud-amd64
      Installed-Size: 13
      Depends: linux-image-6.1.0-56-cloud-amd64 (= 6.1.192-2)

      Package: linux-image-6.1.0-56-cloud-amd64
      Depends: kmod, linux-base (>= 4.3~), initramfs-tools (>= 0.120) | linux-initramfs-tool

      Package: linux-image-generic
      Depends: linux-firmware, linux-image-6.8.0-31-generic

      Package: linux-image-6.8.0-31-generic
      Depends: kmod, linux-modules-6.8.0-31-generic
      """
    let images: Set = ["linux-image-6.1.0-56-cloud-amd64", "linux-image-6.8.0-31-generic", "linux-image-unknown"]
    let others = [
      "linux-image-cloud-amd64", "linux-image-generic", "linux-image-6.1.0-56-amd64-dbg",
      "linux-image-amd64-signed-template",
    ]
    #expect(Apt.images(among: others + images, stanzas) == images)
  }
}
