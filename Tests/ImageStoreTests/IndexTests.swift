import Foundation
import HostSystem
import ImageStore
import TestSupport
import Testing

@Suite struct `The index` {
  private let bench: StoreBench

  init() throws { bench = try StoreBench() }

  /// Closed at the end, so all is in one file.
  private func fill(verdicts: Int = 0) throws {
    let store = try bench.open()
    try bench.add(store, "a")
    for _ in 0..<verdicts {
      try store.remember(`Verdicts in the store`.verdict(.good), identity: "i", question: "q")
    }
  }

  private func overwrite(at offset: UInt64, _ bytes: [UInt8]) throws {
    let handle = try FileHandle(forWritingTo: bench.index)
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  // MARK: - Damage

  @Test(arguments: ["garbage", "cut off", "a page of zeros", "a foreign head"])
  func `that is damaged is set aside, and a new one begun`(_ damage: String) throws {
    try fill(verdicts: 200)
    let size = try Data(contentsOf: bench.index).count
    #expect(size > 40_000)
    switch damage {
    case "garbage": try Data((0..<8192).map { UInt8($0 * 7 % 251) }).write(to: bench.index)
    case "cut off": try FileHandle(forWritingTo: bench.index).truncate(atOffset: UInt64(size) / 2)
    case "a page of zeros": try overwrite(at: 4096 * 4, [UInt8](repeating: 0, count: 4096))
    default: try overwrite(at: 0, Array("SQLite format 4".utf8))
    }
    let damaged = try Data(contentsOf: bench.index)
    let store = try bench.open()
    let aside = try #require(store.damagedIndex)
    #expect(aside == bench.store.appending(path: "damaged-index.sqlite"))
    #expect(try Data(contentsOf: aside) == damaged)
    // Not a guess, but nothing; and the objects that are there serve again.
    #expect(try store.build(bench.key("a")) == nil)
    #expect(try store.verdicts(identity: "i", question: "q").isEmpty)
    let added = try bench.add(store, "a")
    #expect(try store.build(bench.key("a")) == .built(added))
    #expect(try store.verify().isEmpty)
    #expect(try bench.open().damagedIndex == nil)
  }

  @Test func `that is damaged while another process uses it is a failure, and is not touched`() async throws {
    try fill()
    let hand = Process()
    hand.executableURL = URL(filePath: StoreBench.hand)
    hand.arguments = ["hold"]
    hand.environment = bench.environment
    let (input, output) = (Pipe(), Pipe())
    hand.standardInput = input
    hand.standardOutput = output
    try hand.run()
    #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).hasPrefix("held"))
    try Data(repeating: 7, count: 8192).write(to: bench.index)
    let failure = #expect(throws: Failure.self) { try bench.open() }
    #expect(failure?.message == "\(bench.index.path) is damaged, and another process is using it")
    #expect(failure?.remedy?.contains("end the other firstbad") == true)
    #expect(try Data(contentsOf: bench.index) == Data(repeating: 7, count: 8192))
    try input.fileHandleForWriting.close()
    hand.waitUntilExit()
    #expect(try bench.open().damagedIndex != nil)
  }

  @Test func `that is gone is begun anew`() throws {
    try fill()
    try FileManager.default.removeItem(at: bench.index)
    let store = try bench.open()
    #expect(try store.list().isEmpty)
    try bench.add(store, "a")
    #expect(try store.verify().isEmpty)
  }

  // MARK: - Versions

  @Test func `of a newer version is a failure, and is not touched`() throws {
    try fill()
    // The head of the file: user_version is at 60, application_id at 68 (sqlite.org/fileformat.html).
    try overwrite(at: 60, [0, 0, 0, 9])
    let before = try Data(contentsOf: bench.index)
    let failure = #expect(throws: Failure.self) { try bench.open() }
    #expect(failure?.kind == .badInput)
    #expect(
      failure?.message
        == "\(bench.index.path) was written by a newer firstbad (schema 9, this one knows 1)")
    #expect(failure?.remedy?.contains("XDG_CACHE_HOME") == true)
    #expect(try Data(contentsOf: bench.index) == before)
    try overwrite(at: 60, [0, 0, 0, 1])
    #expect(try bench.image(bench.open(), "a") != nil)
  }

  @Test func `of another program is a failure, and is not touched`() throws {
    try fill()
    try overwrite(at: 68, [1, 2, 3, 4])
    let before = try Data(contentsOf: bench.index)
    let failure = #expect(throws: Failure.self) { try bench.open() }
    #expect(failure?.kind == .badInput)
    #expect(failure?.message == "\(bench.index.path) is no index of firstbad")
    #expect(try Data(contentsOf: bench.index) == before)
  }

  @Test func `that is an empty file, as after a kill, is made`() throws {
    try Places.make(bench.store)
    try Data().write(to: bench.index)
    let store = try bench.open()
    #expect(store.damagedIndex == nil)
    try bench.add(store, "a")
  }

  // MARK: - The disk

  @Test(arguments: [4, 16, 64, 160, 300, 700, 888, 900, 910, 920, 930, 940, 950, 960, 1200])
  func `and its objects on a full disk: a failure, and nothing by halves`(_ kilobytes: Int) async throws {
    let result = try await bench.mounts(
      """
      set -e
      mkdir -p $cache/firstbad && mount -t tmpfs -o size=4m none $cache/firstbad
      $hand add first 1000
      free=$(df --output=avail -k $cache/firstbad | tail -1)
      head -c $(((free - \(kilobytes)) * 1024)) /dev/zero >$cache/firstbad/filler
      $hand add second 900000 && echo added || echo status $?
      echo objects $(ls $cache/firstbad/store/objects | wc -l)
      rm $cache/firstbad/filler
      $hand read first
      $hand read second
      $hand add second 900000
      $hand read second
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(result.status == 0, "\(result)")
    // Where the image still fits in and its row does not, it must go again. Both builds have the same log.
    #expect(lines.contains(lines.contains("added") ? "objects 5" : "objects 3"), "\(lines)")
    let digest = try #require(lines.first)
    #expect(lines.contains { $0.hasPrefix(digest + " ") }, "\(lines)")
    if kilobytes < 880 {
      #expect(lines.contains { $0.hasPrefix("cannotWrite: ") && $0.contains("cannot be written") }, "\(lines)")
      #expect(lines.contains("status 3") && lines.contains("nothing"), "\(lines)")
    }
    #expect(lines.last?.split(separator: " ").first == lines.dropLast().last?[...], "\(lines)")
  }

  @Test func `on a full disk still tells what it holds`() async throws {
    let result = try await bench.mounts(
      """
      set -e
      mkdir -p $cache/firstbad && mount -t tmpfs -o size=4m none $cache/firstbad
      $hand add first 1000
      cat /dev/zero >$cache/firstbad/filler 2>/dev/null || true
      $hand read first
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(result.status == 0 && lines.count == 2, "\(result)")
    #expect(lines.last?.hasPrefix(lines.first ?? "none") == true)
  }

  @Test func `on a read-only disk is read and not written`() async throws {
    try fill()
    let result = try await bench.mounts(
      """
      mount --bind $cache $cache && mount -o remount,ro,bind $cache
      $hand read a; $hand read b; $hand add b 10; $hand read a
      """)
    let lines = result.output.split(separator: "\n").map(String.init)
    #expect(lines.count == 4, "\(result)")
    #expect(lines.allSatisfy { !$0.hasPrefix("other") })
    #expect(lines.dropFirst(2).first?.contains("the store is read-only") == true, "\(lines)")
  }
}
