import VerdictStream

/// The plan's modules, loaded in its order.
struct Modules {
  /// How each went, as records.
  private(set) var steps: [Setup] = []
  /// The first required one that could not be loaded, or whichever did not come to an end.
  private(set) var refused: (name: Text, errno: Errno)?

  /// How long one may take, in milliseconds; stretched like a probe's deadline. The host gives the guest twice as long
  /// to say something.
  static var milliseconds: Int { 5000 }

  /// Loads the next one; what comes behind one that was refused is not tried. Its file goes either way, as memory
  /// that is not a probe's to use.
  mutating func load(_ module: Plan.Module, percent: Int, on system: inout some System) -> Setup {
    var step = Setup(step: "module", target: module.name, outcome: .ok)
    do throws(Errno) {
      try system.loadModule(module.path, milliseconds: Self.milliseconds * percent / 100)
    } catch {
      if error != .exists {
        step = Setup(step: "module", target: module.name, outcome: .failed, errno: system.name(of: error))
        // A process that hangs in the kernel would be found, and charged to the first probe.
        if module.isRequired || error == .timedOut { refused = (module.name, error) }
      }
    }
    do throws(Errno) { try system.remove(module.path) } catch {}
    return step
  }
}

extension Modules {
  /// The first of these that the running kernel certainly does not have in it: neither under /sys/module nor, as what is
  /// built in need not be there, in the list that belongs to the kernel. For where no host looked that up.
  static func missing(_ names: [Text], on system: some System) -> Text? {
    names.first { !isLoaded(kernelName($0), system) && !isBuiltIn(kernelName($0), system) }
  }

  /// The kernel itself has no hyphens in module names, though files may.
  private static func kernelName(_ name: Text) -> Text {
    Text(name.bytes.map { $0 == UInt8(ascii: "-") ? UInt8(ascii: "_") : $0 })
  }

  private static func isLoaded(_ name: Text, _ system: some System) -> Bool {
    do throws(Errno) {
      _ = try system.read("/sys/module/" + name, limit: 1)
      return true
    } catch {
      // Reading a folder fails, but only when it is there.
      return error == .isFolder
    }
  }

  private static func isBuiltIn(_ name: Text, _ system: some System) -> Bool {
    do throws(Errno) {
      let release = try system.identity().release
      let list = try system.read("/lib/modules/" + release + "/modules.builtin", limit: 262_144)
      let ending = "/" + name + ".ko"
      return list.split(on: UInt8(ascii: "\n")).contains { line in
        let plain = kernelName(line).bytes
        return plain.count >= ending.bytes.count && plain.suffix(ending.bytes.count).elementsEqual(ending.bytes)
      }
    } catch {
      return false
    }
  }
}
