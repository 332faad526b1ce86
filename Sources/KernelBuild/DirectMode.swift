import Foundation
import HostSystem
import Synchronization

/// ccache's direct mode: it gives an object where all that the compiler read for it the last time is as it was, and need not
/// preprocess, which is most of the work when everything is known.
///
/// Its list is of the files that were there (see ``IncludeNames``). So what it learns of one source is kept apart from what it
/// learns of another in which an include may mean something else, by a variable that belongs to the key of these lists
/// and to nothing else: a folder of headers for Objective-C, of which the kernel has none. What it knows by the preprocessor's
/// output stays common to all.
enum DirectMode {
  /// The variable, and what it is for sources with these names: a folder that there is not.
  static func variable(_ names: IncludeNames) -> (name: String, value: String) {
    ("OBJC_INCLUDE_PATH", "/include-names/\(names.digest)")
  }

  private static let seen = Mutex<[String: Task<Bool, Never>]>([:])

  /// Whether this ccache keeps such lists apart for this compiler, seen with one's own eyes: that is tried once a process, in
  /// the time of three small compilations. Where it does not, or nothing can be tried, the preprocessor is asked.
  static func isSafe(_ ccache: Tool, _ compiler: String) async -> Bool {
    let key = "\(ccache.path) \(compiler)"
    let task = seen.withLock { seen in
      if let task = seen[key] { return task }
      let task = Task {
        (try? await Trial(ccache: ccache, compiler: compiler).run()).map { $0.stale && $0.fresh } ?? false
      }
      seen[key] = task
      return task
    }
    return await task.value
  }

  /// A source that includes `<value.h>`, first from the second of two folders, then with a namesake in the first one.
  struct Trial {
    let ccache: Tool
    let compiler: String

    /// Whether the object of before came out where the names are said to be the same, which shows that the list was gone
    /// by at all, and whether the right one did where they are said to be others.
    func run() async throws -> (stale: Bool, fresh: Bool) {
      let folder = FileManager.default.temporaryDirectory.appending(path: "firstbad-ccache-\(UUID().uuidString)")
      defer { try? FileManager.default.removeItem(at: folder) }
      let (first, second) = (folder.appending(path: "first"), folder.appending(path: "second"))
      for place in [first, second] {
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      }
      try Places.write(Data("#include <value.h>\nint value = VALUE;\n".utf8), to: folder.appending(path: "a.c"))
      try Places.write(Data("#define VALUE 1\n".utf8), to: second.appending(path: "value.h"))
      let old = try await object(folder, "1")
      try Places.write(Data("#define VALUE 2\n".utf8), to: first.appending(path: "value.h"))
      let (again, new) = (try await object(folder, "1"), try await object(folder, "2"))
      return (again == old, new != old)
    }

    private func object(_ folder: URL, _ names: String) async throws -> Data {
      var environment = Kbuild.environment(compilesPreprocessed: true, names: IncludeNames(named: names))
      environment["CCACHE_DIR"] = folder.appending(path: "cache").path
      // All of it is younger than a second, and would not be remembered for that.
      environment["CCACHE_SLOPPINESS"] = "include_file_mtime,include_file_ctime"
      let object = folder.appending(path: "a.o")
      try? FileManager.default.removeItem(at: object)
      _ = try await ccache.succeed(
        [compiler, "-I\(folder.path)/first", "-I\(folder.path)/second", "-c", "\(folder.path)/a.c", "-o", object.path],
        environment: environment.mapValues { Optional($0) }, limit: .seconds(60))
      return try Data(contentsOf: object)
    }
  }
}
