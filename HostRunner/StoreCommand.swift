import ArgumentParser
import Foundation
import HostSystem
import ImageStore
import Judgement
import Reports

/// `firstbad store`: kernels that were built.
struct StoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "store", abstract: "Look after the kernels that were built.",
    discussion: """
      What was built once is not built again. The store prunes itself when it holds more than 20 GiB, or than \
      FIRSTBAD_STORE_LIMIT says.
      """,
    subcommands: [List.self, Prune.self, Verify.self])

  func run() throws {
    throw Failure(.usage, "ls, prune or verify?", remedy: "'firstbad store --help' tells what they do")
  }

  private static func open() throws(Failure) -> ImageStore {
    let store = try ImageStore(in: Places())
    if let damaged = store.damagedIndex {
      Terminal.note("firstbad: note: the index was damaged; it is now \(damaged.path), and a new one was begun")
    }
    return store
  }

  /// The builds.
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ls", abstract: "Show what is kept, used last comes last.")

    @Flag(help: "One JSON object a line, for machines (Documentation/ImageStore.md).")
    var json = false

    func run() async throws {
      let store = try StoreCommand.open()
      let rows = try store.list()
      if json {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for row in rows { try Terminal.print(String(decoding: try encoder.encode(row), as: UTF8.self)) }
        return
      }
      var table = Table("COMMIT", "IDENTITY", "SIZE", "BUILT", "USED", "VERDICTS")
      for row in rows {
        table.add(
          String(row.commit.prefix(12)), row.identity.map { String($0.prefix(12)) } ?? "failed",
          ByteSize(row.bytes).text, Self.text(row.builtAt), Self.text(row.usedAt), "\(row.verdicts)")
      }
      for line in table.lines { try Terminal.print(line) }
      // Builds share files, so the column adds up to more.
      Terminal.note("\(ByteSize(try store.bytes()).text) in all, of \(ByteSize(store.limit).text)")
    }

    private static func text(_ date: Date) -> String {
      date.formatted(
        .verbatim(
          "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
          timeZone: .current, calendar: Calendar(identifier: .gregorian)))
    }
  }

  /// Less of them.
  struct Prune: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Remove images, the least recently used first, until the rest fits in.",
      discussion: """
        What was used within the last hour stays, as another session may be about to boot it. So do failures and \
        verdicts, which are small.
        """)

    @Option(help: ArgumentHelp("What may stay, such as 5G; without it the store's own limit.", valueName: "size"))
    var to: String?

    func run() async throws {
      let size = try to.map { text throws(Failure) in try ByteSize(text, from: "--to") }
      let store = try StoreCommand.open()
      let pruned = try store.prune(to: size?.bytes ?? store.limit)
      try Terminal.print(
        "\(pruned.images) images removed, \(ByteSize(pruned.bytes).text) freed, \(ByteSize(pruned.left).text) left")
    }
  }

  /// Every file against its row.
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Read all files and compare them with the index; exit with 128 when something is wrong.",
      discussion: "What is wrong is dropped, so that it is built again.")

    func run() async throws {
      let store = try StoreCommand.open()
      let problems = try store.verify()
      for problem in problems { try Terminal.print("\(problem.kind.rawValue): \(problem.text)") }
      // Not 1, which would accuse a commit.
      if !problems.isEmpty || store.damagedIndex != nil { throw ExitCode(ExitStatus.failure) }
      Terminal.note("\(try store.list().count) builds, \(ByteSize(try store.bytes()).text): nothing is wrong")
    }
  }
}
