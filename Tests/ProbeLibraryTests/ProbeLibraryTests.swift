import Foundation
import HostSystem
import ProbeLibrary
import TestSupport
import Testing
import VerdictStream

private func sighting(_ version: String, _ seen: String, probe: String = "a.b", verdict: String = "good") -> Sighting {
  Sighting(probe: probe, release: "r", version: version, verdict: verdict, observations: ["x": seen])
}

@Suite struct `A sighting` {
  @Test func `is of the distribution's version of the kernel`() {
    #expect(Sighting.version(in: "#1 SMP Debian 6.1.192-2 (2026-10-01)", release: "6.1.0-56") == "6.1.192-2")
    #expect(Sighting.version(in: "#4 SMP Mon Nov 2", release: "7.0.0-rc1") == "7.0.0-rc1")
    #expect(Sighting.version(in: "#1 SMP Debian", release: "7.0.0") == "7.0.0")
  }

  @Test func `names the verdict only where that is not good`() {
    #expect(sighting("1", "7").text == "x=7")
    #expect(sighting("1", "7", verdict: "bad").text == "bad x=7")
  }
}

@Suite struct `Kept sightings` {
  @Test func `are sorted by the numbers of the versions`() {
    var rows = Sightings()
    rows.take(["6.12.9-1", "6.1.192-2", "6.1.192-10", "5.10.251-5", "7.0.13-1"].map { sighting($0, "0") })
    #expect(rows.versions == ["5.10.251-5", "6.1.192-2", "6.1.192-10", "6.12.9-1", "7.0.13-1"])
  }

  @Test func `of one probe on one kernel replace each other`() {
    var rows = Sightings()
    rows.take([sighting("1", "old"), sighting("2", "old")])
    rows.take([sighting("1", "new"), sighting("1", "other", probe: "c.d")])
    #expect(rows.rows(of: "a.b").map(\.text) == ["x=new", "x=old"])
    rows.keep(only: ["c.d"])
    #expect(rows.rows.map(\.probe) == ["c.d"])
  }

  @Test func `come back from a file as they were written`() throws {
    var rows = Sightings()
    rows.take([sighting("2", "a \"b\" |"), sighting("1", "ü", verdict: "untestable")])
    let file = FileManager.default.temporaryDirectory.appending(path: "sightings-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(rows.text.utf8).write(to: file)
    #expect(try Sightings(file: file) == rows)
    try Data((rows.text + "{\"probe\":1}\n").utf8).write(to: file)
    #expect(throws: Failure.self) { try Sightings(file: file) }
  }

  @Test func `that nobody has written yet are none`() throws {
    #expect(try Sightings(file: URL(filePath: "/nowhere/measured.jsonl")).rows.isEmpty)
  }
}

@Suite struct `Stretches of kernels` {
  @Test func `join neighbours only: a value that comes back is another stretch`() {
    let rows = [("1", "a"), ("2", "a"), ("3", "b"), ("4", "a")].map { sighting($0, $1) }
    let stretches = Differences(rows).stretches
    #expect(stretches.map(\.range) == ["1 .. 2", "3", "4"])
    #expect(stretches.map(\.text) == ["x=a", "x=b", "x=a"])
  }

  @Test func `part where only the verdict differs`() {
    #expect(Differences([sighting("1", "a"), sighting("2", "a", verdict: "bad")]).stretches.count == 2)
  }
}

@Suite struct `A probe's history` {
  private func paragraphs(_ text: String) throws -> [String] {
    let file = FileManager.default.temporaryDirectory.appending(path: "history-\(UUID().uuidString).c")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    return try ProbeSource(file: file).history
  }

  @Test func `is the comment at the top, a line each paragraph`() throws {
    #expect(
      try paragraphs("/*\n * One\n * line.\n *\n *\n * Source: a\n * page.\n */\n#include <x>\n/* no */\n")
        == ["One line.", "Source: a page."])
  }

  @Test(arguments: ["", "#include <x>\n/* late */", "/* without an end", "/* */"])
  func `is empty where there is no such comment`(_ text: String) throws {
    #expect(try paragraphs(text).isEmpty)
  }
}

@Suite struct `Every shipped probe` {
  private static let tree = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func files() throws -> [URL] {
    let folder = Self.tree.appending(path: "GuestProbes")
    let all = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL }
    return try #require(all).filter { $0.pathExtension == "c" && !$0.path.contains("/guest/") }
  }

  @Test func `says where its claims come from`() throws {
    for file in try files() {
      let history = try ProbeSource(file: file).history
      #expect(history.contains(where: ProbeSource.isSource), "\(file.lastPathComponent)")
      #expect(history.count > 2, "\(file.lastPathComponent) tells no history")
    }
  }

  @Test func `was measured, and on more than five kernels`() throws {
    let kept = try Sightings(file: Self.tree.appending(path: "GuestProbes/measured.jsonl"))
    for file in try files() {
      let text = try String(contentsOf: file, encoding: .utf8)
      let id = try #require(text.firstMatch(of: #/PROBE\("([^"]+)"/#)).1
      #expect(Set(kept.rows(of: String(id)).map(\.version)).count > 5, "\(id)")
    }
  }
}
