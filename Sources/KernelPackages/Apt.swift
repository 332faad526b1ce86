import Foundation
public import HostSystem

/// Kernels from this machine's own apt sources: found, ordered, downloaded and unpacked, all without root.
public struct Apt: Sendable {
  private let cache: Tool
  private let get: Tool
  private let places: Places
  private let note: @Sendable (String) -> Void

  /// Finds apt; elsewhere than on Debian and its kin there is none. `note` takes lines that are worth a person's while.
  public init(places: Places, note: @escaping @Sendable (String) -> Void = { _ in }) throws(Failure) {
    let remedy = "kernels come from apt only for now; give kernel files by their paths instead"
    self.init(
      places: places, cache: try Tool("apt-cache", remedy: remedy), get: try Tool("apt-get", remedy: remedy), note: note
    )
  }

  init(places: Places, cache: Tool, get: Tool, note: @escaping @Sendable (String) -> Void) {
    self.note = note
    self.places = places
    self.cache = cache
    self.get = get
  }

  /// What apt-cache answers. It needs no network, and with empty lists knows nothing; so one that fails is broken.
  private func ask(_ question: [String]) async throws -> String {
    let answer = try await cache.run(question)
    guard answer.status == 0 else {
      let errors = answer.errors.split(separator: "\n").filter { $0.hasPrefix("E: ") }.map { String($0.dropFirst(3)) }
      throw Failure(
        .toolFailed, "apt cannot say which kernels there are: \(errors.first ?? answer.lastWords)",
        remedy: "see 'apt-cache policy' and mend it, with 'apt-get update' for one; or name kernels by their files")
    }
    return answer.output
  }

  /// Every version of every package whose whole name matches the pattern (`*` and `?`), oldest first. That there is none is
  /// a failure of the kind `badInput`; one of apt's own is `toolFailed`.
  public func list(_ pattern: String) async throws -> [KernelPackage] {
    let prefix = String(pattern.prefix { $0 != "*" && $0 != "?" && $0 != "[" })
    let matching = try await ask(["pkgnames", prefix]).split(separator: "\n").map(String.init)
      .filter { fnmatch(pattern, $0, 0) == 0 }.sorted()
    guard !matching.isEmpty else {
      throw Failure(
        .badInput, "apt knows no package \(pattern)", remedy: "run 'apt-get update', or check /etc/apt/sources.list")
    }
    // It fails where there is no stanza at all, as of names that other packages only speak of.
    let stanzas = try await cache.run(["show", "--no-all-versions"] + matching).output
    let images = Self.images(among: matching, stanzas)
    let names = matching.filter(images.contains)
    guard !names.isEmpty else {
      throw Failure(
        .badInput, "no package \(pattern) holds a kernel: \(matching[0]) only depends on one, or describes it",
        remedy: "name those, as 'linux-image-6.1.0-*-cloud-amd64' does")
    }
    var packages: [KernelPackage] = []
    for line in try await ask(["madison"] + names).split(separator: "\n") {
      let fields = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count >= 2, fields.last?.hasSuffix("Packages") ?? false else { continue }
      let package = KernelPackage(name: fields[0], version: fields[1])
      if !packages.contains(package) { packages.append(package) }
    }
    guard !packages.isEmpty else {
      throw Failure(
        .badInput, "apt knows \(names[0]) by its name only",
        remedy: "run 'apt-get update', or check /etc/apt/sources.list")
    }
    return packages.sorted()
  }

  /// Those that hold a kernel themselves: no debugging symbols, no template for signing, and none that only depends on the
  /// newest one, as `linux-image-amd64` does. By the stanzas of apt-cache(8); who has none there is left in.
  static func images(among names: [String], _ stanzas: String) -> Set<String> {
    var images = Set(names.filter { name in !["-dbg", "-dbgsym", "-template"].contains(where: name.hasSuffix) })
    var name = ""
    for line in stanzas.split(separator: "\n") {
      if line.hasPrefix("Package: ") { name = String(line.dropFirst("Package: ".count)) }
      guard line.hasPrefix("Depends: ") else { continue }
      let depends = line.dropFirst("Depends: ".count).split { ",|".contains($0) }.map {
        $0.drop { $0 == " " }.prefix { $0 != " " }
      }
      if depends.contains(where: { $0.hasPrefix("linux-image-") && $0 != name }) { images.remove(name) }
    }
    return images
  }

  /// Downloads and unpacks a package into the cache, or finds it there. Whole is with its modules and its changelog;
  /// otherwise the image and its configuration alone, a fifth of it. One that came without its configuration is noted, and
  /// tried again the next time.
  public func fetch(_ package: KernelPackage, whole: Bool = false) async throws -> FetchedKernel {
    guard let here = KernelStore(places: places).kernel(of: package), !whole || here.isWhole else {
      return try await download(package, whole: whole)
    }
    guard !here.lacking.isEmpty else { return here }
    do {
      // The image is not downloaded once more before what it lacks can be had.
      let folder = try WorkFolder.make(in: places)
      for name in here.lacking { _ = try await download(name, package.version, into: folder.url) }
      return try await download(package, whole: whole)
    } catch let failure as Failure where [.toolFailed, .badInput].contains(failure.kind) {
      noteLack(of: package, failure)
      return here
    }
  }

  private func noteLack(of package: KernelPackage, _ failure: Failure) {
    note(
      "\(package.name) \(package.version) is without its configuration, which is tried again the next time: "
        + failure.message)
  }

  private func download(_ package: KernelPackage, whole: Bool) async throws -> FetchedKernel {
    let folder = try WorkFolder.make(in: places)
    let file = try await download(package.name, package.version, into: folder.url)
    var parts: [String] = []
    var lacking: [(name: String, why: Failure)] = []
    for name in try await DebFile(file).parts(whole: whole) {
      do {
        parts.append(try await download(name, package.version, into: folder.url))
      } catch let failure as Failure where failure.kind == .toolFailed && !whole {
        // An image without its configuration is still worth having; without the image the store says what is wrong.
        lacking.append((name, failure))
      }
    }
    let kernel = try await KernelStore(places: places).add(
      file, whole: whole, parts: parts, lacking: lacking.map(\.name), keepsOld: true)
    if let first = lacking.first { noteLack(of: package, first.why) }
    return kernel
  }

  private func download(_ name: String, _ version: String, into folder: URL) async throws -> String {
    let download = try await get.run(["download", "\(name)=\(version)"], in: folder.path, limit: .seconds(900))
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    guard download.status == 0, let file = files.first(where: { $0.hasPrefix("\(name)_") && $0.hasSuffix(".deb") })
    else {
      // The number stands in apt's words in any language.
      if download.errors.contains("(\(ENOSPC): ") {
        throw Failure(
          .cannotWrite, "\(folder.path) cannot hold \(name) \(version): no space left on device",
          remedy: "free some space there, or point XDG_CACHE_HOME to a folder that has some")
      }
      throw Failure(
        .toolFailed, "\(name) \(version) cannot be downloaded: \(download.lastWords)",
        remedy: "run 'apt-get update'; sources sometimes list what they no longer hold")
    }
    return folder.appending(path: file).path
  }
}
