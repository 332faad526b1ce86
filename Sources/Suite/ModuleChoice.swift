import KernelModules
import VirtualMachine

/// Which modules one probe gets on one kernel, or why it cannot be run there. Pure, but for what the folder has read.
struct ModuleChoice: Equatable {
  /// To be loaded, with what they depend on; sorted, each once.
  var load: [String] = []
  /// Why the probe cannot tell on this kernel.
  var lacks: [String] = []
  /// Of that something is a matter of the kernel's configuration, which is known. All else is only not at hand: with another
  /// file here the probe might tell.
  var isConfiguredOut = false
  /// What is not known to be there: a failure may only say that it is not.
  var doubts: [String] = []
  /// The kernel's modules are not here, and with them the answer would be another.
  var wantsFolder = false

  /// - Parameters:
  ///   - symbols: The probe's NEEDS.
  ///   - modules: The probe's MODULE, and the user's.
  ///   - remedy: What to do when the kernel's modules are not at hand.
  init(
    symbols: [String], modules: [String], config: KernelConfig?, folder: ModuleFolder?, remedy: String
  ) {
    self.remedy = remedy
    let names = modules.map { ModuleInfo.spelling($0) }
    var chosen: Set<String> = []
    for symbol in symbols { take(symbol, names, symbols, config, folder, &chosen) }
    for name in names { take(name, config, folder, &chosen) }
    load = chosen.sorted()
  }

  private var remedy: String

  private mutating func take(
    _ symbol: String, _ names: [String], _ all: [String], _ config: KernelConfig?, _ folder: ModuleFolder?,
    _ chosen: inout Set<String>
  ) {
    func found() -> [String] {
      SymbolModules.modules(for: symbol) { name in if case .file? = folder?.find(name) { true } else { false } }
    }
    guard let config else {
      doubts.append(symbol)
      chosen.formUnion(found())
      return
    }
    switch config[symbol] {
    case nil:
      lacks.append("\(symbol) is not set")
      isConfiguredOut = true
    case "m"? where folder == nil:
      wantsFolder = true
      lacks.append("\(symbol) is a module, and the modules of this kernel are not here (\(remedy))")
    case "m"?:
      let modules = found()
      chosen.formUnion(modules)
      // Somebody who names a module that no symbol of the heading explains says what this one stands for.
      let isExplained = names.contains { name in
        !all.contains { SymbolModules.candidates(for: $0).names.contains(name) }
      }
      if modules.isEmpty, !isExplained {
        lacks.append(
          "\(symbol) is a module, and which one is not known: name it with MODULE(\"name\") in the probe's heading")
      }
    default: break
    }
  }

  private mutating func take(
    _ name: String, _ config: KernelConfig?, _ folder: ModuleFolder?, _ chosen: inout Set<String>
  ) {
    // A symbol of the configuration may say what no folder does.
    let values = Set(config?.values { SymbolModules.candidates(for: $0).names.contains(name) } ?? [])
    switch folder?.find(name) {
    case .file?:
      chosen.insert(name)
      return
    case .builtIn?: return
    case .absent? where folder?.wasBuilt(name) == true || values.contains("m") && !values.contains("y"):
      // A distribution may have a kernel's modules in several packages.
      lacks.append("\(name) is a module, and its file is not among those of this kernel that are here")
      return
    case .absent? where folder?.knowsBuiltIn == true:
      lacks.append("this kernel has no module \(name), neither built in nor as a file")
      isConfiguredOut = isConfiguredOut || config != nil && folder?.wasBuilt(name) == false
      return
    case .absent?, nil: break
    }
    if values.contains("y") { return }
    if folder == nil, values.contains("m") {
      wantsFolder = true
      lacks.append("\(name) is a module, and the modules of this kernel are not here (\(remedy))")
      return
    }
    wantsFolder = folder == nil
    doubts.append("the module \(name)")
  }
}
