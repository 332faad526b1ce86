import Foundation
import HostSystem
import KernelModules
import VerdictStream
import VirtualMachine

extension ProbeRunner {
  /// What each probe gets on this kernel, and where from; or why it cannot be run.
  func chooseModules(for kernel: KernelImage) async throws -> ([Text: ModuleChoice], ModuleFolder?) {
    let config = KernelConfig(of: kernel)
    func choose(_ folder: ModuleFolder?) -> [Text: ModuleChoice] {
      var choices: [Text: ModuleChoice] = [:]
      for probe in selection.probes {
        let named = probe.modules.map(\.description) + options.modules.filter { !$0.contains("/") }
        var choice = ModuleChoice(
          symbols: probe.configs.map(\.description), modules: named.filter { files[ModuleInfo.spelling($0)] == nil },
          config: config, folder: folder, remedy: Self.remedy(for: kernel))
        choice.load = Set(choice.load).union(files.keys).sorted()
        if let lack = selection.lacks[probe.id] { choice.lacks.append(lack) }
        choices[probe.id] = choice
      }
      return choices
    }
    // Reading the folder takes a while, and most probes want no module.
    let mayWant =
      !options.modules.isEmpty
      || selection.probes.contains { probe in
        !probe.modules.isEmpty || probe.configs.contains { config == nil || config?[$0.description] == "m" }
      }
    var folder = mayWant ? Self.folder(of: kernel) : nil
    var choices = choose(folder)
    if folder == nil, let fetch = options.fetchModules, choices.values.contains(where: \.wantsFolder) {
      do {
        try await fetch(kernel)
      } catch let failure as Failure {
        note("the modules of \(kernel.title) cannot be had: \(failure.message)")
      }
      folder = Self.folder(of: kernel)
      choices = choose(folder)
    }
    return (choices, folder)
  }

  private static func folder(of kernel: KernelImage) -> ModuleFolder? {
    let name = kernel.file.lastPathComponent
    let release = kernel.release ?? name.firstIndex(of: "-").map { String(name[name.index(after: $0)...]) }
    return release.flatMap { ModuleFolder(besideImage: kernel.file, release: $0) }
  }

  private static func remedy(for kernel: KernelImage) -> String {
    let place = "they are looked for as lib/modules/\(kernel.label) beside the image's folder"
    return kernel.package.map { "firstbad kernels fetch --whole \($0.name); \(place)" } ?? place
  }
}
