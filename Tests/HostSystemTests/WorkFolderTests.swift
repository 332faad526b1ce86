import Foundation
import HostSystem
import TestSupport
import Testing

@Suite struct `A work folder` {
  private let scratch: Scratch
  private let places: Places

  init() throws {
    scratch = try Scratch()
    places = Places(environment: ["XDG_CACHE_HOME": scratch.url.path])
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: places.cache.path + "/work")) ?? []).sorted()
  }

  /// What a run leaves behind: a folder, with a lock or without, made so many seconds ago.
  private func leftBehind(_ name: String, locked: Bool, seconds: Double) throws {
    let folder = places.cache.appending(path: "work/\(name)")
    try Places.make(folder)
    try Data().write(to: folder.appending(path: "half-done"))
    if locked { try Data().write(to: folder.appending(path: ".lock")) }
    let date = Date.now - seconds
    try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: folder.path)
  }

  @Test func `is there while it is held and gone afterwards`() throws {
    var path = ""
    do {
      let folder = try WorkFolder.make(in: places)
      path = folder.url.path
      try Data("x".utf8).write(to: folder.url.appending(path: "file"))
      #expect(names.count == 1)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(names.isEmpty)
  }

  @Test func `of a run that was killed is swept by the next`() throws {
    try leftBehind("1-1", locked: true, seconds: 0)
    try leftBehind("2-2", locked: false, seconds: 3600)
    let folder = try WorkFolder.make(in: places)
    #expect(names == [folder.url.lastPathComponent])
  }

  @Test func `of a run that lives is left alone`() throws {
    let first = try WorkFolder.make(in: places)
    let second = try WorkFolder.make(in: places)
    let third = try WorkFolder.make(in: places)
    #expect(
      Set(names) == [first.url, second.url, third.url].reduce(into: []) { $0.insert($1.lastPathComponent) })
  }

  @Test func `that another run has made and not yet locked is left alone`() throws {
    try leftBehind("3-3", locked: false, seconds: 5)
    let folder = try WorkFolder.make(in: places)
    #expect(Set(names) == ["3-3", folder.url.lastPathComponent])
  }
}
