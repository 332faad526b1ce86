import Foundation
import HostSystem
import Synchronization
import TestSupport
import Testing

@testable import KernelPackages

/// A shell script stands for apt-cache and apt-get, and one kernel is in the store.
@Suite struct `The supply of kernels` {
  private let scratch: Scratch
  private let places: Places
  private let notes = Notes()
  private static let here = KernelPackage(name: "linux-image-6.1.0-9-amd64", version: "6.1.170-1")

  init() throws {
    scratch = try Scratch()
    places = Places(environment: ["XDG_CACHE_HOME": scratch.url.path, "HOME": scratch.url.path])
    try scratch.file("firstbad/kernels/\(Self.here.name)_\(Self.here.version)/boot/vmlinuz-6.1.0-9-amd64", "kernel")
  }

  private func supply(_ script: String) throws -> KernelSupply {
    let file = try scratch.file("apt", "#!/bin/sh\n\(script)\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    let tool = try Tool(file.path, remedy: "")
    return KernelSupply(places: places, note: notes.take) { [places, notes] in
      Apt(places: places, cache: tool, get: tool, note: notes.take)
    }
  }

  private static let names = "printf 'linux-image-6.1.0-%s-amd64\\n' 9 10"
  private static let broken = "echo 'E: The package cache file is corrupted' >&2; exit 100"

  @Test func `is what apt offers and what is here, oldest first`() async throws {
    let offers = "printf '%s | 6.1.190-1 | http://x y/main amd64 Packages\\n' linux-image-6.1.0-10-amd64"
    let supply = try supply("case $1 in pkgnames) \(Self.names) ;; madison) \(offers) ;; *) exit 100 ;; esac")
    #expect(try await supply.packages(matching: "linux-image-*").map(\.version) == ["6.1.170-1", "6.1.190-1"])
    #expect(notes.all == [])
  }

  @Test(arguments: [
    broken, "case $1 in pkgnames) \(names) ;; madison) \(broken) ;; esac", "kill -KILL $$",
  ])
  func `is not cut down to what is here by an apt that fails, unless gaps are skipped`(script: String) async throws {
    let supply = try supply(script)
    let failure = await #expect(throws: Failure.self) { try await supply.packages(matching: "linux-image-*") }
    #expect(failure?.kind == .toolFailed && failure?.remedy != nil)
    #expect(failure?.message.hasPrefix("apt cannot say which kernels there are: ") == true)
    #expect(script.contains("KILL") || failure?.message.hasSuffix("The package cache file is corrupted") == true)
    #expect(notes.all == [])
    #expect(try await supply.packages(matching: "linux-image-*", skippingGaps: true) == [Self.here])
    #expect(notes.all.count == 1)
  }

  @Test(arguments: [
    ("exit 0", "apt knows no package linux-image-*"),
    ("case $1 in pkgnames) \(names) ;; esac", "apt knows linux-image-6.1.0-10-amd64 by its name only"),
  ])
  func `is what is here where apt's lists know nothing, and says so`(script: String, why: String) async throws {
    #expect(try await supply(script).packages(matching: "linux-image-*") == [Self.here])
    #expect(notes.all == ["only kernels that are here already: \(why)"])
    await #expect(throws: Failure.self) { try await supply(script).packages(matching: "linux-image-6.1.0-10-*") }
  }

  @Test func `is what is here where there is no apt`() async throws {
    let supply = KernelSupply(places: places, note: notes.take) { () throws(Failure) in
      throw Failure(.missingTool, "apt-cache is not installed")
    }
    #expect(try await supply.packages(matching: "linux-image-*") == [Self.here])
    #expect(notes.all == ["only kernels that are here already: apt-cache is not installed"])
  }

  @Test func `is tried again for a configuration that could not be had, and says so`() async throws {
    let depends = "linux-base-7.2 (= 7.2-1), linux-binary-7.2 (= 7.2-1)"
    _ = try await scratch.deb("linux-image-7.2", "7.2-1", depends: depends, in: "server", ["usr/share/x": "x"])
    _ = try await scratch.deb("linux-binary-7.2", "7.2-1", in: "server", ["usr/lib/modules/7.2/vmlinuz": "kernel"])
    // apt-get download NAME=VERSION
    let server = scratch.url.appending(path: "server").path
    let supply = try supply("echo $2 >>\(server)/log; cp \(server)/${2%=*}_7.2-1_amd64.deb .")
    let package = KernelPackage(name: "linux-image-7.2", version: "7.2-1")
    func config() async throws -> String? {
      let kernel = try #require(try await supply.fetch([package], whole: false).kernels.first)
      return try? String(contentsOf: kernel.home.appending(path: "boot/config-7.2"), encoding: .utf8)
    }
    for times in 1...2 {
      #expect(try await config() == nil)
      #expect(notes.all.count == times)
      #expect(notes.all.last?.hasPrefix("linux-image-7.2 7.2-1 is without its configuration") == true)
    }
    _ = try await scratch.deb("linux-base-7.2", "7.2-1", in: "server", ["usr/lib/modules/7.2/config": "CONFIG_NET=y\n"])
    #expect(try await config() == "CONFIG_NET=y\n")
    #expect(notes.all.count == 2)
    let asked = try String(contentsOfFile: "\(server)/log", encoding: .utf8)
    #expect(try await config() != nil)
    #expect(try String(contentsOfFile: "\(server)/log", encoding: .utf8) == asked, "what is complete is not asked for")
  }
}

/// What was noted.
final class Notes: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock(\.self) }
  @Sendable func take(_ line: String) { lines.withLock { $0.append(line) } }
}
