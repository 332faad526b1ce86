import Foundation
import HostSystem

/// Files that did not compile in earlier builds of a folder, and are compiled before all others.
///
/// Most commits of a stretch that does not build fail by the same error. To come to it in make's order takes minutes; to see
/// the same error again, its file is enough. A file that compiles by then was not compiled in vain, as the whole build
/// finds it done.
struct Suspects: Codable, Equatable {
  /// One of them.
  struct Suspect: Codable, Equatable {
    /// As make calls it: `kernel/fork.o`.
    let target: String
    /// Its first error, as ``ErrorReport`` has it.
    let signature: String
    /// By what the build came to it; nil in folders of before that was noted.
    let setting: String?
    /// Builds in a row in which it compiled, or failed by another error.
    var misses = 0
  }

  /// Where make passes by what is done already, a try costs seconds, so few are kept, and not for ever.
  static let (most, patience) = (3, 4)

  /// The last to fail is the first.
  private(set) var list: [Suspect] = []

  /// None.
  init() {}

  /// Those that a build of this setting comes to. Asked for by its name, make compiles what the configuration leaves out,
  /// too.
  func met(in setting: BuildSetting) -> Suspects {
    var met = Suspects()
    met.list = list.filter { $0.setting == setting.digest(of: $0.target) }
    return met
  }

  /// What is left of them after a build that failed by this error, if it did; those that it would come to were tried.
  func after(failure report: ErrorReport?, in setting: BuildSetting) -> Suspects {
    var next = Suspects()
    for var one in list where one.target != report?.target {
      if one.setting == setting.digest(of: one.target) { one.misses += 1 }
      if one.misses < Self.patience { next.list.append(one) }
    }
    if let report, Self.showsAlone(report) {
      let target = report.target
      next.list.insert(
        Suspect(target: target, signature: report.signature, setting: setting.digest(of: target)), at: 0)
    }
    next.list = Array(next.list.prefix(Self.most))
    return next
  }

  /// Whether it fails alone, too, if it fails in the whole build, and only then. A file that is missing might be made by the
  /// whole build, in a folder that comes before.
  private static func showsAlone(_ report: ErrorReport) -> Bool {
    ErrorReport.isAskedForAlone(report.target) && !report.signature.contains("No such file or directory")
  }
}

/// What decides which objects a build makes: the configuration, and the makefiles on the way to each.
struct BuildSetting {
  let source: URL
  private let symbols: String

  /// Of a tree and the configuration that kconfig made of it.
  init(source: URL, config: URL) throws(Failure) {
    self.source = source
    let text = try ConfigText.read(config.path, as: "configuration", remedy: "build again")
    // The head has the kernel's version in it.
    symbols = text.split(separator: "\n").filter { !$0.hasPrefix("#") || $0.hasSuffix(" is not set") }
      .joined(separator: "\n")
  }

  /// Where it is the same for a target, a build that came to the target once comes to it again.
  func digest(of target: String) -> String {
    var fields = [symbols]
    var folder = source
    for name in [""] + target.split(separator: "/").dropLast().map(String.init) {
      if !name.isEmpty { folder.append(path: name) }
      for makefile in ["Makefile", "Kbuild"] {
        let text = try? String(contentsOf: folder.appending(path: makefile), encoding: .utf8)
        fields.append(text.map(Self.plain) ?? "")
      }
    }
    return Digest.sha256(ofFields: fields)
  }

  /// Without the release, which the top one begins with.
  private static func plain(_ makefile: String) -> String {
    makefile.split(separator: "\n").filter { line in
      !["VERSION =", "PATCHLEVEL =", "SUBLEVEL =", "EXTRAVERSION =", "NAME ="].contains(where: line.hasPrefix)
    }.joined(separator: "\n")
  }
}
