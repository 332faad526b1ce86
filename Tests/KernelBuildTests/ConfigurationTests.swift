import Foundation
import Testing

@testable import KernelBuild

@Suite("Whether the symbols took, and why not")
struct ConfigurationTests {
  typealias Assignment = BuildRecipe.Assignment

  static let config = ConfigText(
    """
    # Automatically generated file; DO NOT EDIT.
    CONFIG_64BIT=y
    CONFIG_NET=y
    # CONFIG_SMP is not set
    CONFIG_NR_CPUS=1
    CONFIG_PHYSICAL_START=0x1000000
    CONFIG_IPV6=m
    CONFIG_LOCALVERSION=""
    CONFIG_DEFAULT_HOSTNAME="(none)"
    """)

  @Test(
    "a symbol took when it has the value",
    arguments: [
      ("NET", "y", true), ("NET", "n", false), ("NET", "m", false), ("SMP", "n", true), ("SMP", "y", false),
      ("NEVER_HEARD_OF", "n", true), ("NEVER_HEARD_OF", "y", false), ("IPV6", "m", true), ("IPV6", "y", false),
      ("NR_CPUS", "1", true), ("NR_CPUS", "0x1", true), ("PHYSICAL_START", "16777216", true), ("NR_CPUS", "2", false),
      ("DEFAULT_HOSTNAME", "\"(none)\"", true), ("DEFAULT_HOSTNAME", "\"x\"", false), ("LOCALVERSION", "\"\"", true),
      ("NEVER_HEARD_OF", "\"\"", true), ("DEFAULT_HOSTNAME", "\"\"", false),
    ])
  func took(symbol: String, value: String, took: Bool) {
    #expect(Self.config.has(Assignment(symbol, value)) == took)
  }

  @Test("what is only wished is not missed, what is required is, in the order of the names")
  func missing() {
    let requests = [
      BuildRecipe.Request(assignment: Assignment("ZRAM", "y"), isRequired: true),
      BuildRecipe.Request(assignment: Assignment("IPV6", "y"), isRequired: true),
      BuildRecipe.Request(assignment: Assignment("RANDOM_TRUST_CPU", "y"), isRequired: false),
      BuildRecipe.Request(assignment: Assignment("NET", "y"), isRequired: true),
    ]
    #expect(
      Refusal.missing(of: requests, in: Self.config) == [Assignment("IPV6", "y"), Assignment("ZRAM", "y")])
  }

  @Test("merging replaces the base's lines and leaves the others")
  func merge() {
    let text = ConfigText.merge(
      "# head\nCONFIG_A=y\n# CONFIG_AB is not set\nCONFIG_ABC=\"x\"\n",
      with: [Assignment("AB", "y"), Assignment("A", "n")])
    #expect(text == "# head\nCONFIG_ABC=\"x\"\nCONFIG_AB=y\n# CONFIG_A is not set\n")
  }

  @Test(
    "an expression of Kconfig",
    arguments: [
      ("NET", true), ("SMP", false), ("!SMP", true), ("NET && !SMP", true), ("NET && SMP", false),
      ("SMP || NET", true), ("!(SMP || NET)", false), ("IPV6", true), ("IPV6=y", false), ("IPV6 = m", true),
      ("NR_CPUS > 0", true), ("NR_CPUS>=2", false), ("SMP || NET && 64BIT", true),
      ("DEFAULT_HOSTNAME=\"(none)\"", true), ("IPV6!=n", true), ("$(cc-option,-mfoo(bar)) && NET", true), ("y", true),
    ])
  func expression(text: String, holds: Bool) {
    #expect(KconfigExpression.holds(text, in: Self.config) == holds)
  }

  @Test("what is no expression is none", arguments: ["", "NET &&", "(NET", "NET SMP", "&& NET", "NET & SMP", "="])
  func noExpression(text: String) {
    #expect(KconfigExpression.holds(text, in: Self.config) == nil)
  }

  static let kconfig = """
    menu "Things"
    \tdepends on 64BIT

    config SMP
    \tbool "Symmetric multi-processing"
    \thelp
    \t  config NETFILTER
    \t  This is a text, and a line of it looks like an entry.

    if SMP # only there
    config NETFILTER
    \ttristate "Packets" if EXPERT
    \tdepends on NET && \\
    \t\tINET_FOO
    \tselect NFT_CORE
    endif

    config NFT_CORE
    \tdef_bool n
    endmenu

    config NETFILTER_XT
    \tbool
    \tprompt "With a prompt of its own"
    """

  @Test("an entry has what it depends on, with the menus and ifs around it")
  func entries() {
    #expect(
      KconfigEntry.all(of: "NETFILTER", in: Self.kconfig) == [
        KconfigEntry(
          dependencies: ["64BIT", "SMP", "NET && INET_FOO"], hasPrompt: true, promptConditions: ["EXPERT"])
      ])
    #expect(KconfigEntry.all(of: "NETFILTER_XT", in: Self.kconfig) == [KconfigEntry(hasPrompt: true)])
    #expect(KconfigEntry.all(of: "NFT_CORE", in: Self.kconfig) == [KconfigEntry(dependencies: ["64BIT"])])
    #expect(KconfigEntry.all(of: "NOTHING", in: Self.kconfig).isEmpty)
  }

  @Test(
    "the reason is the tree's own word",
    arguments: [
      ("NETFILTER", "y", "CONFIG_NETFILTER did not take: depends on SMP && INET_FOO && EXPERT"),
      ("NFT_CORE", "y", "CONFIG_NFT_CORE did not take: it has no prompt, so only another symbol can select it"),
      ("PKEYS", "y", "CONFIG_PKEYS did not take: unknown in this tree"),
      ("64BIT", "n", "CONFIG_64BIT did not take: unknown in this tree"),
    ])
  func reasons(symbol: String, value: String, text: String) {
    let entries = KconfigEntry.all(of: symbol, in: Self.kconfig)
    #expect(Refusal.explain(Assignment(symbol, value), entries: entries, config: Self.config).text == text)
  }

  @Test("a symbol that took another value says which")
  func otherValue() {
    let entry = KconfigEntry(hasPrompt: true)
    #expect(
      Refusal.explain(Assignment("IPV6", "y"), entries: [entry], config: Self.config).reason == "it is m")
    #expect(
      Refusal.explain(Assignment("NET", "n"), entries: [entry], config: Self.config).reason
        == "it is y, as something selects it or it has no prompt")
  }

  @Test("a module is what a kernel without modules cannot have")
  func noModules() {
    let entry = KconfigEntry(hasPrompt: true)
    #expect(
      Refusal.explain(Assignment("IPV6", "m"), entries: [entry], config: ConfigText("CONFIG_IPV6=y\n")).reason
        == "it is y, as CONFIG_MODULES is off: ask for y, or for CONFIG_MODULES as well")
  }
}
