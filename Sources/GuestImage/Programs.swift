import Foundation
public import HostSystem
import VerdictStream

/// Programs of others as probes: exit status 0 passes, 4 skips, everything else fails (Documentation/dev-tools/kselftest.rst).
public struct Programs: Sendable {
  /// One of them.
  public struct Program: Sendable, Equatable {
    /// The probe that it becomes.
    public let id: String
    /// Where it is on the host.
    public let path: String
    /// Its arguments.
    public let arguments: [String]
    /// Its folder in the guest, in which it runs.
    let folder: String
    /// Seconds after which it is ended.
    public let timeout: Int
  }

  /// The programs, in their order.
  public private(set) var all: [Program] = []
  /// What was found beside them and is no program for the guest: scripts, programs for other machines.
  public private(set) var leftOut: [String] = []
  private var folders: [String: String] = [:]
  /// The folder of the guest in which all of them lie.
  private let root: String
  /// Ids that others have.
  private let taken: Set<String>

  /// kselftest's own, when no settings file says otherwise.
  static let timeout = 45

  /// One program with its arguments, or the programs of a folder: those of its kselftest-list.txt, or every executable
  /// file in it.
  ///
  /// Of several such sets each has a folder and ids of its own, so it is told of those before it.
  public init(_ path: String, _ arguments: [String] = [], after others: [Programs] = []) throws(Failure) {
    root = others.isEmpty ? "/exec" : "/exec-\(others.count + 1)"
    taken = Set(others.flatMap { $0.all.map(\.id) })
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw Failure(.badInput, "\(path) cannot be read", remedy: "name a program, or a folder with programs")
    }
    let url = URL(filePath: path).absoluteURL
    if !isFolder.boolValue {
      let file = url.path
      guard let program = ProgramFile(file) else {
        throw Failure(
          .badInput, "\(path) is no program for x86-64",
          remedy: "a script needs an interpreter and what it calls, and the guest has neither; name a compiled program")
      }
      guard program.isWhole else {
        throw Failure(.badInput, "\(path) is cut short: its program headers speak of more", remedy: "copy it again")
      }
      add("exec", file, arguments, isAlone: true)
      return
    }
    guard arguments.isEmpty else {
      throw Failure(.usage, "a folder of programs takes no arguments", remedy: "name one program")
    }
    let list = try? String(contentsOf: url.appending(path: "kselftest-list.txt"), encoding: .utf8)
    if let list {
      for line in list.split(separator: "\n") {
        let pair = line.split(separator: ":", maxSplits: 1).map(String.init)
        if pair.count == 2 { take(pair[0], url.appending(path: "\(pair[0])/\(pair[1])").path) }
      }
    } else {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
      for name in names.sorted() where FileManager.default.isExecutableFile(atPath: url.appending(path: name).path) {
        take(url.lastPathComponent, url.appending(path: name).path)
      }
    }
    guard !all.isEmpty else {
      throw Failure(.badInput, "\(path) holds no program for x86-64", remedy: "name a folder with compiled programs")
    }
  }

  private mutating func take(_ collection: String, _ file: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) else { return leftOut.append(file) }
    if isFolder.boolValue { return }
    // A shared object without a loader is a library; a static program that may lie anywhere looks the same but for
    // its name.
    guard let program = ProgramFile(file), program.isWhole, program.interpreter != nil || !file.contains(".so") else {
      return leftOut.append(file)
    }
    add(collection, file, [], isAlone: false)
  }

  private mutating func add(_ collection: String, _ file: String, _ arguments: [String], isAlone: Bool) {
    let url = URL(filePath: file)
    let base = Self.word(collection) + "." + Self.word(url.lastPathComponent)
    var id = String(base.prefix(60))
    var number = 2
    while taken.contains(id) || all.contains(where: { $0.id == id }) {
      id = "\(base.prefix(60))-\(number)"
      number += 1
    }
    let settings = try? String(
      contentsOf: url.deletingLastPathComponent().appending(path: "settings"), encoding: .utf8)
    let told = settings?.split(separator: "\n").compactMap { line in
      line.hasPrefix("timeout=") ? Int(line.dropFirst(8).trimmingCharacters(in: .whitespaces)) : nil
    }.last
    // 0 is without a limit there; here an hour is.
    let timeout = min(3600, told.map { $0 == 0 ? 3600 : max(1, $0) } ?? Self.timeout)
    // Its name as it is: two that differ by a dash alone are two.
    let folder = collection.hasPrefix(".") ? "\(root)/\(Self.word(collection))" : "\(root)/\(collection)"
    if !isAlone { folders[url.deletingLastPathComponent().path] = folder }
    all.append(Program(id: id, path: file, arguments: arguments, folder: folder, timeout: timeout))
  }

  /// As a part of an id.
  static func word(_ text: String) -> String {
    let words = text.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return words.isEmpty ? "program" : words.joined(separator: "-")
  }

  /// The probes that run them.
  var source: String {
    func quoted(_ text: String) -> String {
      "\"" + text.utf8.map { byte in "\\" + Self.octal(byte) }.joined() + "\""
    }
    var text = """
      #include <firstbad/probe.h>
      #include <string.h>
      #include <sys/wait.h>
      #include <unistd.h>

      /* A line of this file tells nobody anything. */
      #undef FB_HERE_
      #define FB_HERE_ ""

      static int run(const char *folder, char *const *arguments)
      {
      	static char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", "TERM=dumb", 0};
      	int status = 0;
      	pid_t child = fork();
      	if (child == 0) {
      		if (chdir(folder) == 0)
      			execve(arguments[0], arguments, environment);
      		_exit(errno == ENOENT ? 127 : 126);
      	}
      	if (child < 0)
      		SKIP("no process for it: %s", strerror(errno));
      	while (waitpid(child, &status, 0) < 0)
      		if (errno != EINTR)
      			SKIP("it cannot be waited for: %s", strerror(errno));
      	return status;
      }

      static void judge(int status)
      {
      	errno = 0;
      	if (WIFSIGNALED(status))
      		FAIL("killed by signal %d", WTERMSIG(status));
      	if (WEXITSTATUS(status) == 4)
      		SKIP("exit status 4");
      	if (WEXITSTATUS(status) == 126 || WEXITSTATUS(status) == 127)
      		SKIP("it cannot be started, or says so: exit status %d", WEXITSTATUS(status));
      	if (WEXITSTATUS(status) != 0)
      		FAIL("exit status %d", WEXITSTATUS(status));
      }

      """
    for program in all {
      let name = URL(filePath: program.path).lastPathComponent
      let words = (["\(program.folder)/\(name)"] + program.arguments).map { "(char *)\(quoted($0))" }
      text += """

        PROBE("\(program.id)", "a program of others exits with 0", TIMEOUT_S(\(program.timeout)), MEMORY_MIB(512))
        {
        	char *const arguments[] = {\(words.joined(separator: ", ")), 0};
        	judge(run(\(quoted(program.folder)), arguments));
        	PASS();
        }

        """
    }
    return text
  }

  private static func octal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 8)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }

  /// What the guest needs of them: the programs, what lies beside those of a folder, and the libraries.
  func files() throws(Failure) -> [GuestImage.File] {
    var files: [String: String] = [:]
    for program in all {
      files["\(program.folder)/\(URL(filePath: program.path).lastPathComponent)"] = program.path
      for library in try ProgramFile(program.path)?.libraries(in: program.folder) ?? [] {
        files[library.guest] = library.host
      }
    }
    for (folder, target) in folders {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
        var isFolder: ObjCBool = false
        let path = "\(folder)/\(name)"
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
          files["\(target)/\(name)"] = path
        }
      }
    }
    var read: [GuestImage.File] = []
    for (target, path) in files.sorted(by: { $0.key < $1.key }) {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw Failure(.badInput, "\(path) cannot be read", remedy: "check its permissions")
      }
      let mode: UInt32 = FileManager.default.isExecutableFile(atPath: path) ? 0o755 : 0o644
      read.append(GuestImage.File(path: target, mode: mode, content: data))
    }
    return read
  }
}

extension ProbeSelection {
  /// Programs of others, ready to run.
  public init(_ programs: [Programs], kit: Kit, places: Places) async throws {
    let folder = try WorkFolder.make(in: places)
    var sources: [URL] = []
    var files: [GuestImage.File] = []
    for (index, set) in programs.enumerated() {
      let source = folder.url.appending(path: "programs\(index).c")
      try Places.write(Data(set.source.utf8), to: source)
      sources.append(source)
      for file in try set.files() where !files.contains(where: { $0.path == file.path }) { files.append(file) }
    }
    var image = try await ProbeCompiler(kit: kit, places: places).image(of: sources)
    image.files = files
    let order = programs.flatMap { $0.all.map(\.id) }
    let probes = order.compactMap { image.probe(Text($0)) }
    self.init(image: image, probes: probes)
  }
}
