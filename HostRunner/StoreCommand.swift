import ArgumentParser
import Foundation
import HostSystem
import ImageStore
import Reports

/// `firstbad store`: the kernels that were built.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Show, shrink or check the kernels that were built.",
    subcommands: [List.self, Prune.self, Verify.self])

  func run() throws {
    throw Failure(.usage, "ls, prune or verify?", remedy: "'firstbad store --help' tells what they do")
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "Show the builds, the last used first.")

    @Flag(help: "As JSON, one object a line.")
    var json = false

    func run() throws {
      let rows = try ImageStore(in: Places()).list()
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for row in rows { try Terminal.print(String(decoding: try encoder.encode(row), as: UTF8.self)) }
        return
      }
      var table = Table("COMMIT", "KERNEL", "KIB", "BUILT", "VERDICTS", "FIX-UPS", "FIRST ERROR")
      for row in rows {
        let built = Date(timeIntervalSince1970: row.built).formatted(.iso8601)
        table.add(
          String(row.commit.prefix(12)), row.identity.isEmpty ? "-" : String(row.identity.prefix(12)),
          row.identity.isEmpty ? "-" : String(row.bytes >> 10), built, String(row.verdicts),
          row.fixUps.isEmpty ? "-" : row.fixUps,
          row.failure ?? "")
      }
      for line in table.lines { try Terminal.print(line) }
    }
  }

  struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove kernels, the longest unused first.",
      discussion: "What is removed can be built again. FIRSTBAD_STORE_LIMIT is the size that is never passed for long.")

    @Option(help: ArgumentHelp("How much may stay, such as 5G.", valueName: "size"))
    var to: String

    func run() throws {
      guard let bytes = ImageStore.bytes(of: to) else {
        throw Failure(
          .usage, "--to \(to) is no size", remedy: "say a number of bytes, or one with K, M, G or T, such as 5G")
      }
      let pruned = try ImageStore(in: Places()).prune(to: bytes)
      try Terminal.print("\(pruned.count) kernels removed, \(pruned.bytes >> 10) KiB")
    }
  }

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read every kernel and compare it with what was kept.",
      discussion: "Exits with 128 when something is wrong. What is damaged is dropped, and built again when needed.")

    func run() throws {
      let problems = try ImageStore(in: Places()).verify()
      for problem in problems { try Terminal.print(problem) }
      if !problems.isEmpty { throw ExitCode(128) }
    }
  }
}
