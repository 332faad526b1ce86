public import Foundation

/// Where things lie on the host, by the XDG Base Directory Specification.
public struct Places: Sendable, Equatable {
  /// What can be made again: kernels fetched, accelerators tried.
  public let cache: URL
  /// What was found out: a folder a run, with its console.
  public let state: URL

  /// From an environment: XDG_CACHE_HOME and XDG_STATE_HOME, else under HOME, else under TMPDIR.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    func absolute(_ variable: String) -> String? {
      environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    let scratch = "\(absolute("TMPDIR") ?? "/tmp")/firstbad-\(getuid())"
    let home = absolute("HOME")
    func place(_ variable: String, _ underHome: String) -> URL {
      // The specification: a relative path in these variables is to be ignored.
      if let path = absolute(variable) { return URL(filePath: "\(path)/firstbad") }
      return URL(filePath: home.map { "\($0)/\(underHome)/firstbad" } ?? "\(scratch)/\(underHome)")
    }
    cache = place("XDG_CACHE_HOME", ".cache")
    state = place("XDG_STATE_HOME", ".local/state")
  }

  /// Kernels that were fetched.
  public var kernels: URL { cache.appending(path: "kernels") }
  /// Runs, newest name last.
  public var runs: URL { state.appending(path: "runs") }

  /// Makes a folder and all above it.
  public static func make(_ folder: URL) throws(Failure) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw cannotWrite(folder, error)
    }
  }

  /// Writes a file of ours whole or not at all.
  public static func write(_ data: Data, to file: URL) throws(Failure) {
    do {
      try data.write(to: file, options: .atomic)
    } catch {
      throw cannotWrite(file, error)
    }
  }

  /// The same for a file that the user named.
  public static func writeResult(_ data: Data, to file: URL) throws(Failure) {
    do {
      // What is there and is no plain file, such as /dev/stdout, is written into and not replaced.
      let target = file.resolvingSymlinksInPath()
      let kind = try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
      try data.write(to: target, options: kind == nil || kind == .typeRegular ? .atomic : [])
    } catch {
      throw Failure(
        .cannotWrite, "\(file.path) cannot be written: \(Failure.cause(of: error))", remedy: "name another file")
    }
  }

  /// Whether ``writeResult(_:to:)`` can do its work, told before an hour is spent on what cannot be kept: a file is made beside
  /// it, as then.
  public static func requireWritable(_ file: URL) throws(Failure) {
    let target = file.resolvingSymlinksInPath()
    let kind = (try? FileManager.default.attributesOfItem(atPath: target.path))?[.type] as? FileAttributeType
    if kind == .typeDirectory { throw Failure(.cannotWrite, "\(file.path) is a folder", remedy: "name a file") }
    guard kind == nil || kind == .typeRegular else { return }
    let trial = "\(target.path).\(getpid())"
    let descriptor = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw Failure(
        .cannotWrite, "\(file.path) cannot be written: \(String(cString: strerror(errno)))",
        remedy: "name another file")
    }
    close(descriptor)
    unlink(trial)
  }

  private static func cannotWrite(_ url: URL, _ error: any Error) -> Failure {
    let cause = Failure.cause(of: error)
    // A folder of somebody else's does not become writable by space.
    let isFull = cause.contains("space")
    return Failure(
      .cannotWrite, "\(url.path) cannot be written: \(cause)",
      remedy: (isFull ? "free some space there, or " : "")
        + "point XDG_CACHE_HOME and XDG_STATE_HOME to a folder that you may write to")
  }
}
