import Foundation
public import HostSystem

/// Kernels from this machine's own apt sources: found, ordered, downloaded and unpacked, all without root.
public struct Apt: Sendable {
  private let cache: Tool
  private let get: Tool
  private let dpkg: Tool
  private let shell: Tool
  private let places: Places

  /// Finds apt; elsewhere than on Debian and its kin there is none.
  public init(places: Places) throws(Failure) {
    self.places = places
    let remedy = "kernels come from apt only for now; give kernel files by their paths instead"
    cache = try Tool("apt-cache", remedy: remedy)
    get = try Tool("apt-get", remedy: remedy)
    dpkg = try Tool("dpkg", remedy: remedy)
    shell = try Tool("sh", remedy: remedy)
  }

  /// Every version of every package whose whole name matches the pattern (`*` and `?`), oldest first.
  public func list(_ pattern: String) async throws -> [KernelPackage] {
    let prefix = String(pattern.prefix { $0 != "*" && $0 != "?" && $0 != "[" })
    let names = try await cache.succeed(["pkgnames", prefix]).output.split(separator: "\n").map(String.init)
      .filter { fnmatch(pattern, $0, 0) == 0 }.sorted()
    guard !names.isEmpty else {
      throw Failure(
        .badInput, "apt knows no package \(pattern)", remedy: "run 'apt-get update', or check /etc/apt/sources.list")
    }
    var packages: [KernelPackage] = []
    for line in try await cache.succeed(["madison"] + names).output.split(separator: "\n") {
      let fields = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count >= 2, fields.last?.hasSuffix("Packages") ?? false else { continue }
      let package = KernelPackage(name: fields[0], version: fields[1])
      if !packages.contains(package) { packages.append(package) }
    }
    return try await ordered(packages)
  }

  /// By dpkg's own comparison; a few dozen packages at the most, so a plain insertion will do.
  private func ordered(_ packages: [KernelPackage]) async throws -> [KernelPackage] {
    var sorted: [KernelPackage] = []
    for package in packages {
      var place = sorted.count
      while place > 0, try await isEarlier(package, than: sorted[place - 1]) { place -= 1 }
      sorted.insert(package, at: place)
    }
    return sorted
  }

  private func isEarlier(_ one: KernelPackage, than other: KernelPackage) async throws -> Bool {
    if one.version == other.version { return one.name < other.name }
    return try await dpkg.run(["--compare-versions", one.version, "lt", other.version]).status == 0
  }

  /// Downloads and unpacks a package into the cache, or finds it there.
  public func fetch(_ package: KernelPackage) async throws -> FetchedKernel {
    // A colon (epoch) and a tilde are fine in a folder's name; a slash is in no Debian version.
    let home = places.kernels.appending(path: "\(package.name)_\(package.version)")
    if let kernel = Self.kernel(in: home, of: package) { return kernel }
    let folder = try WorkFolder.make(in: places)
    let download = try await get.run(
      ["download", "\(package.name)=\(package.version)"], in: folder.url.path, limit: .seconds(900))
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
    guard download.status == 0, let file = files.first(where: { $0.hasSuffix(".deb") }) else {
      throw Failure(
        .toolFailed, "\(package.name) \(package.version) cannot be downloaded: \(download.lastWords)",
        remedy: "run 'apt-get update'; sources sometimes list what they no longer hold")
    }
    // Only the image and its configuration: the modules are four times as much and nothing loads them yet.
    let tree = folder.url.appending(path: "tree")
    try Places.make(tree)
    let unpack = #"dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" ./boot"#
    _ = try await shell.succeed(["-c", unpack, "sh", folder.url.appending(path: file).path, tree.path])
    guard Self.kernel(in: tree, of: package) != nil else {
      throw Failure(.toolFailed, "\(package.name) \(package.version) holds no kernel image (boot/vmlinuz-*)")
    }
    try Places.make(places.kernels)
    // Whole or not at all. What stands there without a kernel is of no use; when another run was faster, its copy
    // serves.
    if Self.kernel(in: home, of: package) == nil { try? FileManager.default.removeItem(at: home) }
    try? FileManager.default.moveItem(at: tree, to: home)
    guard let kernel = Self.kernel(in: home, of: package) else {
      throw Failure(.cannotWrite, "\(home.path) cannot be written", remedy: "free some space there")
    }
    return kernel
  }

  private static func kernel(in home: URL, of package: KernelPackage) -> FetchedKernel? {
    let boot = home.appending(path: "boot")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: boot.path)) ?? []
    return names.first { $0.hasPrefix("vmlinuz-") }.map {
      FetchedKernel(package: package, image: boot.appending(path: $0).path)
    }
  }
}
