import Foundation
import HostSystem
import TestSupport
import Testing

@Suite struct `The places on the host` {
  @Test(
    arguments: [
      (["HOME": "/home/u"], "/home/u/.cache/firstbad", "/home/u/.local/state/firstbad"),
      (["HOME": "/home/u", "XDG_CACHE_HOME": "/c"], "/c/firstbad", "/home/u/.local/state/firstbad"),
      (["XDG_CACHE_HOME": "/c", "XDG_STATE_HOME": "/s"], "/c/firstbad", "/s/firstbad"),
      // The specification: "all paths must be absolute; [a relative one] should be ignored".
      (
        ["HOME": "/home/u", "XDG_CACHE_HOME": "c", "XDG_STATE_HOME": "./s"], "/home/u/.cache/firstbad",
        "/home/u/.local/state/firstbad"
      ),
      (
        ["HOME": "/home/u", "XDG_CACHE_HOME": "", "XDG_STATE_HOME": ""], "/home/u/.cache/firstbad",
        "/home/u/.local/state/firstbad"
      ),
    ] as [([String: String], String, String)])
  func `follow the XDG base directory specification`(
    _ environment: [String: String], _ cache: String, _ state: String
  ) {
    let places = Places(environment: environment)
    #expect(places.cache.path == cache)
    #expect(places.state.path == state)
  }

  @Test(
    arguments: [
      ([:], "/tmp"), (["HOME": ""], "/tmp"), (["HOME": "relative"], "/tmp"), (["TMPDIR": "/t"], "/t"),
      (["TMPDIR": ""], "/tmp"), (["TMPDIR": "relative"], "/tmp"),
    ] as [([String: String], String)])
  func `without a home are a folder of this user's under the temporary one`(
    _ environment: [String: String], _ parent: String
  ) {
    let places = Places(environment: environment)
    #expect(places.cache.path == "\(parent)/firstbad-\(getuid())/.cache")
    #expect(places.state.path == "\(parent)/firstbad-\(getuid())/.local/state")
  }

  @Test func `are made with all above them, and a file in them is written whole`() throws {
    let scratch = try Scratch()
    let folder = scratch.url.appending(path: "a/b/c")
    try Places.make(folder)
    try Places.make(folder)
    try Places.write(Data("x".utf8), to: folder.appending(path: "file"))
    #expect(try Data(contentsOf: folder.appending(path: "file")) == Data("x".utf8))
  }

  @Test func `that cannot be made or written to are a failure that names the cause`() throws {
    let scratch = try Scratch()
    let file = try scratch.file("file", "x")
    let making = #expect(throws: Failure.self) { try Places.make(file.appending(path: "folder")) }
    let writing = #expect(throws: Failure.self) {
      try Places.write(Data(), to: scratch.url.appending(path: "no/file"))
    }
    for (failure, cause) in [(making, "Not a directory"), (writing, "No such file or directory")] {
      #expect(failure?.kind == .cannotWrite)
      #expect(failure?.message.hasSuffix("cannot be written: \(cause)") == true)
      #expect(failure?.remedy != nil)
    }
  }
}

@Suite struct `A failure` {
  @Test func `is one line with its remedy`() {
    #expect(Failure(.usage, "what", remedy: "do so").description == "what; do so")
    #expect(Failure(.usage, "what").description == "what")
  }
}

@Suite struct `The digest of a file` {
  // FIPS 180-4's examples, and a file larger than the pieces in which it is read.
  @Test(arguments: [
    ("a", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ("\0", (1 << 20) * 2 + 1, "e9a099c75ef837c28bc91683bee127e463fa0ee10c11fd816f8d2d428c0d610e"),
  ])
  func `is its SHA-256`(_ text: String, _ times: Int, _ digest: String) throws {
    let scratch = try Scratch()
    #expect(try Digest.sha256(of: scratch.file("file", String(repeating: text, count: times))) == digest)
  }

  @Test func `that cannot be read is a failure`() throws {
    let scratch = try Scratch()
    for path in ["nothing", "."] {
      let failure = #expect(throws: Failure.self) { try Digest.sha256(of: scratch.url.appending(path: path)) }
      #expect(failure?.kind == .badInput)
    }
  }
}
