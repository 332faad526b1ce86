import Firstbad
import FirstbadTesting
import Foundation
import HostSystem
import TestKernels
import Testing

/// Where the kit of a foreign package's tests comes from, and what Swift Testing prints.
@Suite struct GlueTests {
  @Test func aForeignProgramFindsTheKitOfTheTreeItsLibraryIsOf() throws {
    let tree = Command.tree.appending(path: "Sources/Firstbad/Kernel.swift")
    let kit = try Kit.find(program: URL(filePath: "/usr/bin/env"), sources: tree, environment: [:])
    #expect(kit.folder.path == Command.tree.appending(path: ".build-guest/kit").path)
  }

  @Test func withoutATreeTheInstalledCommandHasIt() throws {
    let scratch = try Scratch()
    let bin = scratch.url.appending(path: "bin")
    _ = try scratch.file("share/firstbad/libFirstbadGuest.a", "")
    let command = try scratch.file("bin/firstbad", "")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: command)
    let nowhere = URL(filePath: "/nowhere/Sources/Firstbad/Kernel.swift")
    let kit = try Kit.find(sources: nowhere, environment: ["PATH": "/bin:\(bin.path)"])
    #expect(kit.folder.lastPathComponent == "firstbad")
    let failure = #expect(throws: Failure.self) { try Kit.find(sources: nowhere, environment: ["PATH": "/bin"]) }
    #expect(failure?.message == "the guest library is not built")
    #expect(failure?.remedy?.contains("FIRSTBAD_KIT") == true)
  }

  @Test func valuesAreShownInWords() throws {
    #expect(String(describingForTest: Verdict.bad(signature: "x: y == 1")) == "bad (x: y == 1)")
    #expect(String(describingForTest: Probe.shipped("mm.x")) == "mm.x")
    #expect(String(describingForTest: Observed.integer(5)) == "5")
  }
}
