import Foundation
import HostSystem
import TestSupport
import Testing
import VerdictStream

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

  // An id has at most 64 bytes and ends in no hyphen; one that is none would be refused with all others of the folder.
  @Test func `of whatever length their names are get ids`() throws {
    let long = String(repeating: "a", count: 53)
    for name in ["\(long)-b", "\(long)xyz-one", "\(long)xyz-two"] { try add(name) }
    let one = try Programs(folder)
    let ids = [one, try Programs(folder, after: [one])].flatMap { $0.all.map(\.id) }
    #expect(Set(ids).count == 6 && ids.allSatisfy { ProbeMetadata.isID(Text($0)) }, "\(ids)")
  }

  @Test(arguments: [
    ("/nix/x", "needs /nix/x/ld-linux-x86-64.so.2, which is not on this machine"),
    ("/run/x", "needs /run/x/ld-linux-x86-64.so.2, and the guest mounts a file system over that"),
  ])
  func `of which one has its loader elsewhere lose only that one`(place: String, why: String) throws {
    try add("other")
    try add("strange")
    let file = URL(filePath: "\(folder)/strange")
    var data = try Data(contentsOf: file)
    let interpreter = try #require(data.firstRange(of: Data("/lib64/ld-linux".utf8)))
    data.replaceSubrange(interpreter.lowerBound..<interpreter.lowerBound + 6, with: Data(place.utf8))
    try data.write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let programs = try Programs(folder)
    #expect(programs.all.map { $0.lacks.map { $0.hasSuffix(why) } } == [nil, true], "\(programs.all)")
    #expect(try programs.files().contains { $0.path.hasSuffix("/other") })
    #expect(throws: Failure.self) { try Programs(file.path).files() }
  }

  @Test func `of two folders of one name are told apart, too`() throws {
    try add("a")
    let one = try Programs(folder)
    let two = try Programs(folder, after: [one])
    let three = try Programs(folder, after: [one, two])
    #expect(Set([one, two, three].flatMap { $0.all.map(\.id) }).count == 3)
  }
}
