import ArgumentParser
import HostSystem
import KernelBuild
import Reports

/// `firstbad fix-ups`: what old trees are known to need.
struct FixUpsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fix-ups", abstract: "List what is done so that old trees build and boot with the tools of today.",
    discussion: """
      A row that somebody has verified is on in build, bisect and step --build; the others are off unless --fix-ups \
      names them. With a NAME: all that is known of that row.
      """)

  @Flag(help: "As the table of Documentation/FixUps.md.")
  var markdown = false

  @Argument(help: "A fix-up.")
  var name: String?

  func run() throws {
    guard let name else {
      for line in markdown ? FixUpText.page(FixUp.table) : FixUpText.table(FixUp.table) { try Terminal.print(line) }
      return
    }
    guard let row = FixUp.table.first(where: { $0.name == name }) else {
      throw Failure(.usage, "there is no fix-up '\(name)'", remedy: "'firstbad fix-ups' lists them")
    }
    for line in FixUpText.account(of: row) { try Terminal.print(line) }
  }
}
