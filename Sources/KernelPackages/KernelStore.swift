import Foundation
public import HostSystem

/// The kernels in the cache: a folder for each package, `NAME_VERSION`, with `boot`, and when whole with `lib/modules`
/// and `usr/share/doc`.
public struct KernelStore: Sendable {
  let places: Places
  private let note: @Sendable (String) -> Void
  /// An empty file that says that all of the package was unpacked.
  static let wholeMark = ".whole"
  /// A file with the names of packages that belong to a kernel and could not be had.
  static let lackingMark = ".lacking"

  /// The store of these places; `note` takes lines that are worth a person's while.
  public init(places: Places, note: @escaping @Sendable (String) -> Void = { _ in }) {
    self.places = places
    self.note = note
  }

  /// The folder of a package. A colon (epoch) and a tilde are fine in its name; a slash is in no version.
  private func home(of package: KernelPackage) -> URL {
    places.kernels.appending(path: "\(package.name)_\(package.version)")
  }

  /// The package, when it is here.
  public func kernel(of package: KernelPackage) -> FetchedKernel? {
    Self.image(in: home(of: package)).map { FetchedKernel(package: package, image: $0) }
  }

  /// All that is here, in the order of the versions.
  public var all: [FetchedKernel] {
    KernelFolder.names(in: places.kernels.path).compactMap { name -> FetchedKernel? in
      let isRPM = FileManager.default.fileExists(atPath: places.kernels.appending(path: "\(name)/.rpm").path)
      // RPM's versions may have one, as may the releases of images (`x86_64`).
      guard let mark = isRPM ? name.firstIndex(of: "_") : name.lastIndex(of: "_") else { return nil }
      let (package, version) = (String(name[..<mark]), String(name[name.index(after: mark)...]))
      let scheme: PackageVersion.Scheme = isRPM ? .rpm : Self.isImage(package, version) ? .release : .debian
      return kernel(of: KernelPackage(name: package, version: version, scheme: scheme))
    }.sorted { $0.package < $1.package }
  }

  private static func image(in home: URL) -> String? {
    let boot = home.appending(path: "boot").path
    return KernelFolder.names(in: boot).first { $0.hasPrefix("vmlinuz-") }.map { "\(boot)/\($0)" }
  }

  /// Takes in a file: a .deb, a .rpm, or a kernel image with the configuration beside it. Nothing is installed, and no
  /// root is needed. Further packages that hold parts of the same kernel are unpacked beside it, whole.
  ///
  /// A package that was rebuilt with its version unchanged takes the place of the one that is here, which is noted; while that
  /// one is in use it throws. What is `lacking` is written down, to be tried again. With `keepsOld` it throws always: what was fetched stays as it is.
  public func add(
    _ file: String, whole: Bool = true, parts: [String] = [], lacking: [String] = [], keepsOld: Bool = false
  ) async throws -> FetchedKernel {
    guard FileManager.default.isReadableFile(atPath: file), !KernelFolder.isFolder(file) else {
      throw Failure(.badInput, "\(file) cannot be read", remedy: "name a .deb, a .rpm or a kernel image")
    }
    let folder = try WorkFolder.make(in: places)
    let tree = folder.url.appending(path: "tree")
    try Places.make(tree)
    let package: KernelPackage
    if file.hasSuffix(".deb") {
      package = try await DebFile(file).unpack(into: tree, whole: whole)
    } else if file.hasSuffix(".rpm") {
      package = try await RPMFile(file).unpack(into: tree)
    } else {
      package = try Self.takeImage(file, into: tree)
    }
    for part in parts {
      if part.hasSuffix(".rpm") {
        _ = try await RPMFile(part).unpack(into: tree)
      } else {
        _ = try await DebFile(part).unpack(into: tree, whole: true)
      }
    }
    try Self.arrange(tree)
    guard Self.image(in: tree) != nil else { throw Self.noImage(in: file) }
    if whole || !file.hasSuffix(".deb") { try Places.write(Data(), to: tree.appending(path: Self.wholeMark)) }
    if !lacking.isEmpty {
      try Places.write(
        Data(lacking.joined(separator: "\n").utf8), to: tree.appending(path: Self.lackingMark))
    }
    let home = home(of: package)
    try Places.make(places.kernels)
    let old = folder.url.appending(path: "old")
    // Whole or not at all.
    if let here = kernel(of: package) {
      // Of one that is not whole only what boots will stay.
      if let file = Self.difference(of: tree, and: home, below: here.isWhole ? "" : "boot") {
        guard !keepsOld else {
          throw Failure(
            .badInput, "\(package.name) \(package.version) is here with another \(file) than its package has",
            remedy: "remove \(home.path), and fetch it again")
        }
        try replacing(here.image) { () throws(Failure) in
          do {
            try FileManager.default.moveItem(at: home, to: old)
            try FileManager.default.moveItem(at: tree, to: home)
          } catch {
            throw Failure(
              .cannotWrite, "\(home.path) cannot be replaced: \(Failure.cause(of: error))",
              remedy: "see that you may write to \(places.kernels.path)")
          }
        }
        note("\(package.name) \(package.version) was here with another \(file); the new one took its place")
      } else if whole || !here.lacking.isEmpty {
        Self.complete(home, from: tree, isWhole: here.isWhole)
      }
    } else {
      try? FileManager.default.moveItem(at: home, to: old)
      try? FileManager.default.moveItem(at: tree, to: home)
    }
    guard let kernel = kernel(of: package) else {
      throw Failure(.cannotWrite, "\(home.path) cannot be written", remedy: "free some space there")
    }
    return kernel
  }

  static func noImage(in file: String) -> Failure {
    Failure(
      .badInput, "\(URL(filePath: file).lastPathComponent) holds no kernel image",
      remedy: "the image is in linux-image-* or linux-binary-* (Debian) and kernel-core or kernel-default (RPM)")
  }

  /// The first file that both have, and not alike. What only one of them has is no difference: a kernel may come in several
  /// packages, and a package that lost a module says so in modules.order.
  private static func difference(of tree: URL, and home: URL, below part: String) -> String? {
    let images = [tree, home].map { image(in: $0).map { URL(filePath: $0).lastPathComponent } ?? "" }
    if images[0] != images[1] { return "boot/\(images[0])" }
    let files = FileManager.default
    let (new, old) = (tree.appending(path: part).path, home.appending(path: part).path)
    func kind(_ path: String) -> FileAttributeType? {
      (try? files.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
    }
    for path in (files.subpaths(atPath: new) ?? []).sorted() {
      let (mine, other) = ("\(new)/\(path)", "\(old)/\(path)")
      guard let present = kind(other) else { continue }
      let isSame =
        switch kind(mine) {
        case present where present == .typeDirectory: true
        case present where present == .typeSymbolicLink:
          (try? files.destinationOfSymbolicLink(atPath: mine)) == (try? files.destinationOfSymbolicLink(atPath: other))
        case present: files.contentsEqual(atPath: mine, andPath: other)
        default: false
        }
      if !isSame { return part.isEmpty ? path : "\(part)/\(path)" }
    }
    return nil
  }

  /// Adds what was left out at first. The image stays where it is at every moment, as it may be about to be booted; the mark
  /// of the whole comes last.
  private static func complete(_ home: URL, from tree: URL, isWhole: Bool) {
    let files = FileManager.default
    func move(_ path: String) {
      let (source, target) = (tree.appending(path: path), home.appending(path: path))
      // What stood there without the mark may be half of it.
      if !isWhole, path != wholeMark, !path.hasPrefix("boot") { try? files.removeItem(at: target) }
      // What both have is alike, but for what else there is in a folder.
      if KernelFolder.isFolder(source.path), KernelFolder.isFolder(target.path) {
        for name in KernelFolder.names(in: source.path) { move("\(path)/\(name)") }
      } else {
        try? files.moveItem(at: source, to: target)
      }
    }
    for name in KernelFolder.names(in: tree.path) where name != wholeMark { move(name) }
    if !files.fileExists(atPath: tree.appending(path: lackingMark).path) {
      try? files.removeItem(at: home.appending(path: lackingMark))
    }
    move(wholeMark)
  }

  /// What Fedora and newer Debians keep beside the modules goes where older ones have it.
  private static func arrange(_ tree: URL) throws(Failure) {
    if image(in: tree) != nil { return }
    for top in ["lib/modules", "usr/lib/modules"] {
      let modules = tree.appending(path: top).path
      for release in KernelFolder.names(in: modules) {
        let image = "\(modules)/\(release)/vmlinuz"
        guard FileManager.default.fileExists(atPath: image) else { continue }
        let boot = tree.appending(path: "boot")
        try Places.make(boot)
        try? FileManager.default.copyItem(atPath: image, toPath: boot.appending(path: "vmlinuz-\(release)").path)
        try? FileManager.default.copyItem(
          atPath: "\(modules)/\(release)/config", toPath: boot.appending(path: "config-\(release)").path)
      }
    }
  }

  /// An image of nobody's package is called by its file's name, and told from others by its content.
  private static func takeImage(_ file: String, into tree: URL) throws(Failure) -> KernelPackage {
    let source = URL(filePath: file)
    let release = KernelFolder.release(of: file)
    let boot = tree.appending(path: "boot")
    try Places.make(boot)
    do {
      try FileManager.default.copyItem(at: source, to: boot.appending(path: "vmlinuz-\(release)"))
    } catch {
      throw Failure(.cannotWrite, "\(file) cannot be copied: \(Failure.cause(of: error))", remedy: "free some space")
    }
    let config = source.deletingLastPathComponent().appending(path: "config-\(release)")
    if FileManager.default.fileExists(atPath: config.path) {
      try? FileManager.default.copyItem(at: config, to: boot.appending(path: "config-\(release)"))
    }
    let digest = try Digest.sha256(of: source).prefix(12)
    return KernelPackage(
      name: "linux-image-\(release)", version: "\(release.prefix { $0 != "_" })-\(digest)", scheme: .release)
  }

  /// Whether a folder's name is such a one.
  private static func isImage(_ name: String, _ version: String) -> Bool {
    guard let hyphen = version.lastIndex(of: "-") else { return false }
    let digest = version[version.index(after: hyphen)...]
    return name.hasPrefix("linux-image-\(version[..<hyphen])") && digest.count == 12 && digest.allSatisfy(\.isHexDigit)
  }
}
