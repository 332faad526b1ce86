import Foundation
public import HostSystem

/// What a package has of kernels, seen without unpacking it.
struct PackageContents: Equatable {
  let file: String
  let name: String
  let version: String
  /// The releases (`uname -r`) whose images are in it.
  let images: Set<String>
  /// Those of which it has anything else that a kernel needs: its configuration, modules.
  let parts: Set<String>

  /// By the paths of its files, below the root.
  init(file: String, name: String, version: String, paths: some Sequence<Substring>) {
    self.file = file
    self.name = name
    self.version = version
    var (images, parts): (Set<String>, Set<String>) = ([], [])
    for path in paths {
      var words = path.split(separator: "/").filter { $0 != "." }
      if words.first == "usr" { words.removeFirst() }
      if words.count == 2, words[0] == "boot" {
        if words[1].hasPrefix("vmlinuz-") { images.insert(String(words[1].dropFirst(8))) }
        if words[1].hasPrefix("config-") { parts.insert(String(words[1].dropFirst(7))) }
      }
      // Headers have only links there, to where modules are built.
      guard words.count > 3, words[0] == "lib", words[1] == "modules", words[3] != "build", words[3] != "source"
      else { continue }
      let release = String(words[2])
      if words.count == 4, words[3] == "vmlinuz" { images.insert(release) } else { parts.insert(release) }
    }
    self.images = images
    self.parts = parts
  }

  /// Of a file; nil where it cannot be read to its end, which whoever adds it is told.
  init?(of file: String) async throws {
    do {
      self = file.hasSuffix(".rpm") ? try RPMFile(file).contents() : try await DebFile(file).contents()
    } catch let failure as Failure where failure.kind == .badInput {
      return nil
    }
  }
}

/// Files that are to be added, those of one kernel together: packages of one version of which one has the image of a release and the
/// others its configuration or modules.
public struct KernelFiles: Sendable, Equatable {
  /// The files of one kernel.
  public struct Kernel: Sendable, Equatable {
    /// The package by which it is called, or an image.
    public let file: String
    /// Packages with parts of it.
    public let parts: [String]
  }

  /// The kernels, in the order of their files.
  public private(set) var kernels: [Kernel] = []
  /// What folders had beside kernels, for a person.
  public private(set) var notes: [String] = []
  /// What was named and is of no use: told when the others were added.
  public private(set) var failure: Failure?

  /// Looks at files, and at the packages and images in folders.
  public init(_ paths: [String]) async throws {
    var files: [String] = []
    var named: Set<String> = []
    for path in paths {
      let found = try KernelFolder.contents(of: path)
      if found == [path] { named.insert(path) }
      for file in found where !files.contains(file) { files.append(file) }
    }
    var packages: [PackageContents] = []
    var alone: Set<String> = []
    for file in files {
      let isPackage = file.hasSuffix(".deb") || file.hasSuffix(".rpm")
      // One by itself has nothing to be joined with.
      if isPackage, files.count > 1, let package = try await PackageContents(of: file) {
        packages.append(package)
      } else {
        alone.insert(file)
      }
    }
    let joined = Self.join(packages)
    kernels = files.compactMap { file in
      alone.contains(file) ? Kernel(file: file, parts: []) : joined.first { $0.image == file }?.kernel
    }
    let taken = Set(kernels.flatMap { [$0.file] + $0.parts })
    let rest = packages.filter { !taken.contains($0.file) }
    let isRefused = kernels.isEmpty ? rest : rest.filter { named.contains($0.file) }
    failure = isRefused.first.map { Self.refusal($0, among: packages) }
    notes = rest.filter { !isRefused.contains($0) }.map { "passed over: \(Self.refusal($0, among: packages).message)" }
  }

  static func join(_ packages: [PackageContents]) -> [(image: String, kernel: Kernel)] {
    packages.filter { !$0.images.isEmpty }.map { package in
      let others = packages.filter { $0.version == package.version && $0.images.isEmpty }
      // apt calls a kernel in several packages by the one that only depends on the others.
      let head = others.first { other in package.images.contains { other.name == "linux-image-\($0)" } }
      let parts = others.filter { $0 != head && !$0.parts.isDisjoint(with: package.images) }
      let files = (head == nil ? [] : [package.file]) + parts.map(\.file)
      return (package.file, Kernel(file: (head ?? package).file, parts: files))
    }
  }

  private static func refusal(_ package: PackageContents, among packages: [PackageContents]) -> Failure {
    if let kernel = packages.first(where: { !$0.images.isDisjoint(with: package.parts) }) {
      return Failure(
        .badInput,
        "\(URL(filePath: package.file).lastPathComponent) is of version \(package.version), and \(kernel.name) of "
          + kernel.version,
        remedy: "name packages of one version")
    }
    return KernelStore.noImage(in: package.file)
  }
}
