import Foundation
import Testing

@testable import KernelBuild

@Suite struct `What differs between configurations` {
  private static let good = """
    CONFIG_INIT=y
    # CONFIG_NET is not set
    CONFIG_NUMBER=3
    # Device Drivers
    CONFIG_DRIVER=y
    # end of Device Drivers
    CONFIG_LAST=y
    """
  private static let bad = """
    CONFIG_INIT=y
    CONFIG_NET=y
    CONFIG_INET=y
    CONFIG_NUMBER=4
    # Device Drivers
    # CONFIG_DRIVER is not set
    CONFIG_OTHER=m
    # end of Device Drivers
    CONFIG_CRYPTO=y
    """

  @Test func `is told in Kconfig's order with the drivers last`() {
    let all = ConfigDifference.all(good: Self.good, bad: Self.bad)
    #expect(
      all.map(\.symbol) == ["NET", "INET", "NUMBER", "LAST", "CRYPTO", "DRIVER", "OTHER"].map { "CONFIG_\($0)" })
    #expect(all[2] == ConfigDifference("CONFIG_NUMBER", good: "3", bad: "4"))
    #expect(ConfigDifference.all(good: Self.good, bad: Self.good).isEmpty)
    // All of them put into the one make the other.
    let merged = ConfigDifference.merged(Self.good, with: all.map { $0.assignment(true) })
    #expect(ConfigDifference.all(good: merged, bad: Self.bad).isEmpty)
  }

  @Test func `is the files' own word, and not what the guest would like`() {
    let text = "# CONFIG_SYN_COOKIES is not set\nCONFIG_NET=y\n# CONFIG_SYSFS is not set\n# CONFIG_WERROR is not set\n"
    #expect(
      Set(ConfigDifference.ownWord(of: text).map(\.text)) == ["CONFIG_SYN_COOKIES=n", "CONFIG_NET=y"],
      "the contract of the guest and the purity of the image stay")
    let differing = ConfigDifference.ownWord(of: text, others: ["CONFIG_SYSFS", "CONFIG_PROC_FS"])
    #expect(differing.map(\.text).contains("CONFIG_SYSFS=n"), "unless it is what differs")
    #expect(!differing.map(\.symbol).contains("CONFIG_PROC_FS"), "without which there is no verdict")
    let recipe = BuildRecipe(
      base: .file(contents: text), wishes: ConfigDifference.ownWord(of: text) + [BuildRecipe.Assignment("PROC_FS", "n")]
    )
    let lines = recipe.fragment().split(separator: "\n")
    #expect(lines.contains("# CONFIG_SYN_COOKIES is not set") && !lines.contains("CONFIG_SYN_COOKIES=y"))
    #expect(lines.contains("CONFIG_PROC_FS=y"))
  }

  @Test func `is not what other hosts cannot build, even where two files differ in it`() {
    let text = "CONFIG_DEBUG_INFO_BTF=y\nCONFIG_SYSTEM_TRUSTED_KEYS=\"debian/certs\"\nCONFIG_RANDOMIZE_BASE=y\n"
    let all = ConfigDifference.all(good: "", bad: text)
    #expect(
      ConfigDifference.ownWord(of: text, others: Set(all.map(\.symbol))).map(\.text) == ["CONFIG_RANDOMIZE_BASE=y"])
    #expect(
      ConfigDifference.setAside(all).map(\.symbol) == ["CONFIG_DEBUG_INFO_BTF", "CONFIG_SYSTEM_TRUSTED_KEYS"])
    let recipe = BuildRecipe(
      base: .file(contents: text), userSymbols: [BuildRecipe.Assignment("DEBUG_INFO_BTF", "y")],
      wishes: ConfigDifference.ownWord(of: text, others: Set(all.map(\.symbol))))
    let lines = recipe.fragment().split(separator: "\n")
    #expect(lines.contains("CONFIG_DEBUG_INFO_BTF=y"), "the user's own word counts")
    #expect(lines.contains("CONFIG_SYSTEM_TRUSTED_KEYS=\"\""))
  }

  @Test func `is the files' own word of a choice`() {
    let text = "# CONFIG_NO_HZ_IDLE is not set\nCONFIG_NO_HZ_FULL=y\n"
    #expect(ConfigDifference.ownWord(of: text).map(\.text) == ["CONFIG_NO_HZ_IDLE=n"])
    #expect(ConfigDifference.ownWord(of: "# CONFIG_NO_HZ_IDLE is not set\n").isEmpty)
  }

  @Test func `is told where it is gone once they are completed`() {
    let good = "CONFIG_STACKPROTECTOR=y\n# CONFIG_STACKPROTECTOR_STRONG is not set\n# CONFIG_SYSFS is not set\n"
    let bad = "CONFIG_STACKPROTECTOR=y\nCONFIG_STACKPROTECTOR_STRONG=y\nCONFIG_A=y\nCONFIG_B=y\n"
    let completed = "# CONFIG_STACKPROTECTOR is not set\nCONFIG_SYSFS=y\nCONFIG_A=y\n"
    #expect(
      ConfigDifference.overruled(good, completed: completed).map(\.text)
        == ["CONFIG_SYSFS=n", "CONFIG_STACKPROTECTOR=y"])
    #expect(ConfigDifference.overruled(bad, completed: completed + "CONFIG_STACKPROTECTOR=y\n").isEmpty)
    // A comes to the good one by itself, and B is a difference still.
    let lost = ConfigDifference.lost(
      good: (good, completed), bad: (bad, completed + "CONFIG_B=y\n"))
    #expect(lost == [ConfigDifference("CONFIG_STACKPROTECTOR_STRONG", good: "n", bad: "y")])
  }

  @Test func `may leave out what is required`() {
    let recipe = BuildRecipe(
      base: .exact(contents: ""), probeSymbols: ["CONFIG_BPF"], userSymbols: [BuildRecipe.Assignment("AUDIT", "n")])
    #expect(recipe.missing(in: "CONFIG_BPF=y\n# CONFIG_AUDIT is not set\n") == nil)
    #expect(recipe.missing(in: "CONFIG_BPF=y\nCONFIG_AUDIT=y\n") == "CONFIG_AUDIT")
    #expect(recipe.missing(in: "CONFIG_BPF=m\n") == "CONFIG_BPF")
  }

  @Test func `is wished and not required`() async throws {
    let toy = try ToyTree()
    let wished = BuildRecipe(wishes: [
      BuildRecipe.Assignment("UNKNOWN_SYMBOL", "y"), BuildRecipe.Assignment("MORE", "y"),
    ])
    let text = try await configure(toy, wished)
    #expect(text.contains("CONFIG_MORE=y") && !text.contains("UNKNOWN_SYMBOL"))
    #expect(wished.digest != BuildRecipe().digest)
  }

  @Test func `is taken as it is where it is exact`() async throws {
    let toy = try ToyTree()
    #expect(try await configure(toy, BuildRecipe(base: .exact(contents: "CONFIG_A=y\n"))) == "CONFIG_A=y\n")
    #expect(BuildRecipe(base: .exact(contents: "x")).digest != BuildRecipe(base: .file(contents: "x")).digest)
    // Objects of one configuration are gone on from in the next one, and a clean build begins with none.
    let builder = try await toy.builder()
    for (text, isClean, expected) in [("CONFIG_A=y\n", false, true), ("CONFIG_B=y\n", false, false), ("", true, true)] {
      let recipe = BuildRecipe(base: .exact(contents: text))
      let outcome = try await builder.with(recipe).build(
        source: toy.source, objects: toy.objects, log: toy.log, isClean: isClean
      ) { _ in }
      guard case .built(let kernel) = outcome else { return #expect(Bool(false), "\(outcome)") }
      #expect(kernel.isClean == expected, "\(text)")
    }
  }

  private func configure(_ toy: ToyTree, _ recipe: BuildRecipe) async throws -> String {
    let outcome = try await toy.builder().with(recipe).configure(
      source: toy.source, objects: toy.scratch.url.appending(path: "configurations"), log: toy.log)
    guard case .configured(let text) = outcome else { throw CancellationError() }
    return text
  }

  @Test func `is found in the tree`() async throws {
    let toy = try ToyTree()
    try toy.write(
      "net/ipv4/Kconfig",
      "config SYN\n\tbool\n\nconfig SYN_COOKIES\n\tbool \"IP: TCP syncookie support\"\n\thelp\n\t  config SYN_HELP\n")
    #expect(
      try await KconfigPlace.find("CONFIG_SYN_COOKIES", in: toy.source)
        == "net/ipv4/Kconfig:4, \"IP: TCP syncookie support\"")
    #expect(try await KconfigPlace.find("CONFIG_SYN", in: toy.source) == "net/ipv4/Kconfig:1")
    // What has no prompt is not to be switched off, and of what is not there nothing is known.
    #expect(try await KconfigPlace.canBeSet("CONFIG_SYN_COOKIES", in: toy.source))
    #expect(!(try await KconfigPlace.canBeSet("CONFIG_SYN", in: toy.source)))
    #expect(try await KconfigPlace.canBeSet("CONFIG_NOWHERE", in: toy.source))
    #expect(try await KconfigPlace.find("CONFIG_NOWHERE", in: toy.source) == nil)
  }
}
