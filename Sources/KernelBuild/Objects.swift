import Foundation
import HostSystem

/// A folder of objects (`O=`), and what is left in it from the build before.
///
/// Make trusts what it finds. What it must not find: objects of another compiler (before 5.13 it notices none),
/// objects that a killed build left half written under an older rule's name, images of an earlier commit.
struct Objects {
  let folder: URL

  /// Who built here.
  struct Stamp: Codable, Equatable {
    var toolChain: String
    var recipe: String
    var source: String
    var usesCcache: Bool
    /// How many files the last build that succeeded made; nil when none did.
    var files: Int?
    /// What did not compile here; nil in folders of before that was noted.
    var suspects: Suspects?
    /// Git's name of the tree that was built; nil where it was not told.
    var tree: String?
    /// Whether nothing changed since they were begun with nothing that make may not see.
    var isPure: Bool?
    /// The tree whose build has begun to make objects and has not ended; those left are of two trees.
    var begun: String?
  }

  private var stamp: URL { folder.appending(path: ".firstbad-stamp") }
  /// There while a build runs, and afterwards when it was killed.
  var marker: URL { folder.appending(path: ".firstbad-unfinished") }
  var config: URL { folder.appending(path: ".config") }
  var vmlinux: URL { folder.appending(path: "vmlinux") }
  var inputs: URL { folder.appending(path: ".firstbad-inputs") }
  private var formerInputs: URL { folder.appending(path: ".firstbad-inputs-before") }

  private static let lockName = ".firstbad-lock"

  /// Takes the folder for one build; two in one folder break each other in ways that look like the tree's fault.
  func lock() throws(Failure) -> FileLock {
    try Places.make(folder)
    guard let lock = try FileLock(folder.appending(path: Self.lockName)) else {
      throw Failure(
        .inUse, "another build runs in \(folder.path)", remedy: "wait for it, or name another folder for objects")
    }
    return lock
  }

  /// What a folder is like when a build begins in it.
  struct State {
    /// Why everything was removed, where nobody had asked for that.
    var note: String?
    /// Nothing of another build is there.
    var isClean: Bool
    /// How many files the last build made.
    var files: Int?
    /// What did not compile in it.
    var suspects: Suspects
    /// The tree that was built in it, where something is left of that.
    var tree: String?
    /// See ``Stamp/isPure``.
    var isPure: Bool
  }

  /// Makes the folder fit for a build: what was built otherwise goes.
  func prepare(for wanted: Stamp, isClean: Bool) throws(Failure) -> State {
    let found = (try? Data(contentsOf: stamp)).flatMap { try? JSONDecoder().decode(Stamp.self, from: $0) }
    var note: String?
    // A typed throw does not come through the right side of &&.
    let isStrange = found == nil ? try !isEmpty() : false
    if isStrange {
      // A folder of somebody's is not emptied because it was named by mistake.
      throw Failure(
        .badInput, "\(folder.path) is to hold objects, and holds what firstbad did not put there",
        remedy: "empty it, or name a folder of its own")
    } else if isClean {
      // As asked for, and nothing to tell.
    } else if FileManager.default.fileExists(atPath: marker.path) {
      note = "clean build: the last one was killed"
    } else if let found, let reason = Self.difference(found, wanted) {
      note = "clean build: \(reason) changed"
    } else if isOfTheFuture {
      note = "clean build: the clock went back since the last one, and make goes by it"
    }
    let isEmptied = isClean || note != nil
    if isEmptied { try empty() }
    var stamped = wanted
    // After a build that failed the next one has as much to do as the last one that succeeded.
    stamped.files = isEmptied ? nil : found?.files
    // A guess, which may be one about other objects.
    stamped.suspects = found?.suspects
    // Until what is new in the source has been seen to. A build that is killed after that leaves its marker.
    if let found, !isEmptied {
      (stamped.tree, stamped.isPure, stamped.begun) = (found.tree, found.isPure, found.begun)
    }
    try write(stamped)
    return State(
      note: note, isClean: found == nil || isEmptied, files: stamped.files, suspects: stamped.suspects ?? Suspects(),
      tree: isEmptied ? nil : found?.tree, isPure: isEmptied || found == nil || found?.isPure == true)
  }

  /// The same with nothing in it, for a reason that only the source tells.
  func emptied(for wanted: Stamp, _ why: String) throws(Failure) -> State {
    var state = try prepare(for: wanted, isClean: true)
    state.note = "clean build: \(why)"
    return state
  }

  /// What the last build that succeeded was made of, though others failed after it.
  var knownInputs: BuildInputs? {
    let data = (try? Data(contentsOf: inputs)) ?? (try? Data(contentsOf: formerInputs))
    return data.flatMap { try? JSONDecoder().decode(BuildInputs.self, from: $0) }
  }

  private static func difference(_ found: Stamp, _ wanted: Stamp) -> String? {
    if found.toolChain != wanted.toolChain { return "the tool chain" }
    if found.recipe != wanted.recipe { return "the configuration asked for" }
    if found.source != wanted.source { return "the place of the source" }
    // Make compares command lines, and `ccache gcc` is another than `gcc`: it would all be compiled anyway.
    if found.usesCcache != wanted.usesCcache { return "the use of ccache" }
    if found.tree == nil && wanted.tree != nil { return "what is known of the source" }
    // What another tree's build made before it was interrupted is as old as make's own rules for it, and these go by times.
    return found.begun.map { $0 != wanted.tree } == true ? "the source in the midst of a build" : nil
  }

  func write(_ stamped: Stamp) throws(Failure) {
    guard let data = try? JSONEncoder().encode(stamped) else { return }
    try Places.write(data, to: stamp)
  }

  /// Notes that from here on there are objects of this tree. A build that ends writes its stamp without that.
  func begin(_ tree: String?) throws(Failure) {
    guard let data = try? Data(contentsOf: stamp), var found = try? JSONDecoder().decode(Stamp.self, from: data) else {
      return
    }
    found.begun = tree
    try write(found)
  }

  /// Removes what a failed build must not leave to be taken for its own, and what Linux 4.15 to 4.17 remember of
  /// the compiler.
  func removeImages() throws(Failure) {
    _ = rename(inputs.path, formerInputs.path)
    for path in [
      "vmlinux", inputs.lastPathComponent, "System.map", "arch/x86/boot/bzImage", "arch/x86_64/boot/bzImage",
      ".cache.mk",
    ] {
      let file = folder.appending(path: path)
      guard unlink(file.path) != 0, errno != ENOENT, errno != ENOTDIR else { continue }
      throw Failure(
        .cannotWrite, "\(file.path) cannot be removed: \(String(cString: strerror(errno)))",
        remedy: "remove \(folder.path), or name another folder")
    }
  }

  /// Puts the configuration in place, and leaves it alone when it is there already: make compares times.
  func install(_ made: URL) throws(Failure) {
    guard let data = try? Data(contentsOf: made) else {
      throw Failure(.badInput, "\(made.path) cannot be read", remedy: "build again")
    }
    if (try? Data(contentsOf: config)) != data { try Places.write(data, to: config) }
  }

  /// Bytes free where the objects are.
  var free: Int? {
    try? folder.resourceValues(forKeys: [.volumeAvailableCapacityKey]).volumeAvailableCapacity
  }

  private func contents() throws(Failure) -> [URL] {
    do {
      return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    } catch {
      throw Failure(.badInput, "\(folder.path) cannot be read: \(Failure.cause(of: error))")
    }
  }

  /// Whether the last build ended later than now: sources that change now would look older than the objects made of them.
  private var isOfTheFuture: Bool {
    let date = try? FileManager.default.attributesOfItem(atPath: stamp.path)[.modificationDate] as? Date
    return date.map { $0 > .now.addingTimeInterval(1) } ?? false
  }

  /// Nothing but what is ours before anything was built.
  private func isEmpty() throws(Failure) -> Bool {
    try contents().allSatisfy { [Self.lockName, marker.lastPathComponent].contains($0.lastPathComponent) }
  }

  /// Who is killed here leaves a folder that is known for what it is: marked first, and its stamp and the mark go last.
  private func empty() throws(Failure) {
    try Places.write(Data(), to: marker)
    let last = [stamp, marker]
    let items = try contents().filter { item in
      item.lastPathComponent != Self.lockName && !last.contains { $0.lastPathComponent == item.lastPathComponent }
    }
    for item in items + last.filter({ FileManager.default.fileExists(atPath: $0.path) }) {
      do {
        try FileManager.default.removeItem(at: item)
      } catch {
        throw Failure(
          .cannotWrite, "\(item.path) cannot be removed: \(Failure.cause(of: error))",
          remedy: "remove \(folder.path), or name another folder")
      }
    }
  }
}
