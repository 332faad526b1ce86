import Foundation
import HostSystem
import TestSupport
import Testing

@testable import VirtualMachine

@Suite struct `Folders of runs` {
  private let scratch: Scratch
  private let places: Places

  init() throws {
    scratch = try Scratch()
    places = Places(environment: ["XDG_STATE_HOME": scratch.url.path, "HOME": scratch.url.path])
  }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: places.runs.path) }

  @Test func `are kept while their command runs, however many they are, and of others the newest`() throws {
    // The second number is larger than any process has (proc(5), pid_max).
    for number in 100..<350 { try Places.make(places.runs.appending(path: "20260101T000\(number)-4194305-1")) }
    _ = try RunFolder(in: places)
    #expect(try names().count == RunFolder.kept)
    #expect(try !names().contains("20260101T000150-4194305-1") && names().contains("20260101T000349-4194305-1"))
    let mine = try (0..<250).map { _ in try RunFolder(in: places).url.lastPathComponent }
    #expect(Set(mine).count == 250)
    #expect(try Set(names()).isSuperset(of: mine), "a report may name each of them")
    #expect(try !names().contains { $0.contains("-4194305-") })
  }
}
