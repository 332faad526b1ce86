import Foundation
import TestSupport
import Testing

@testable import GuestImage

@Suite struct `The programs of a folder` {
  private let scratch: Scratch
  private var folder: String { scratch.url.appending(path: "tests").path }

  init() throws { scratch = try Scratch() }

  private func add(_ name: String) throws {
    let file = "\(folder)/\(name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: URL(filePath: "/bin/true").resolvingSymlinksInPath(), to: URL(filePath: file))
  }

  /// Else the one would be taken for the other as soon as that is gone.
  @Test func `whose names come to one id get ids by their own names`() throws {
    for name in ["a-b", "a_b", "other"] { try add(name) }
    let both = try Programs(folder).all.map(\.id)
    #expect(Set(both).count == 3 && both.last == "tests.other" && !both.contains("tests.a-b"), "\(both)")
    try add("a.b")
    #expect(Set(try Programs(folder).all.map(\.id)).isSuperset(of: both))
    for name in ["a-b", "a.b"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    #expect(try Programs(folder).all.map(\.id) == ["tests.a-b", "tests.other"])
  }

  @Test func `of two folders of one name are told apart, too`() throws {
    try add("a")
    let one = try Programs(folder)
    let two = try Programs(folder, after: [one])
    let three = try Programs(folder, after: [one, two])
    #expect(Set([one, two, three].flatMap { $0.all.map(\.id) }).count == 3)
  }
}
