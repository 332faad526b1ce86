import Foundation
import HostSystem
import KernelBuild
import VirtualMachine

/// Something this machine should have.
struct Need {
  /// What was found.
  enum Finding {
    case present(String)
    case missing(String)

    var text: String {
      switch self {
      case .present(let text), .missing(let text): text
      }
    }

    func mark(_ need: Need) -> String {
      switch self {
      case .present: "ok"
      case .missing: need.isRequired ? "!!" : "--"
      }
    }
  }

  let name: String
  let isRequired: Bool
  let check: () -> Finding
}

/// The table that `firstbad doctor` goes through. A new need is a row.
enum Needs {
  static var all: [Need] {
    let qemu = Architecture.x86_64
    return [
      tool(qemu.qemu, "boots guests", "apt-get install \(qemu.package)", isRequired: true),
      tool("setpriv", "ends QEMU when firstbad is killed", "apt-get install util-linux", isRequired: true),
      tool("musl-gcc", "compiles probes of your own", "apt-get install musl-tools gcc", isRequired: false),
      Need(name: "kernel building", isRequired: false) {
        let missing = KernelBuilder.missingTools()
        return missing.isEmpty
          ? .present("flex, bison, bc and what else make needs")
          : .missing(missing.map(\.description).joined(separator: "; "))
      },
      tool("ccache", "makes building a kernel again six times as fast", "apt-get install ccache", isRequired: false),
      tool("xz", "unpacks modules of kernels", "apt-get install xz-utils", isRequired: false),
      tool("zstd", "unpacks modules of kernels", "apt-get install zstd", isRequired: false),
      tool("apt-get", "fetches kernels", "without it name kernels by their files", isRequired: false),
      Need(name: "guest library", isRequired: true) {
        do {
          return .present(try Kit.find().folder.path)
        } catch {
          return .missing("\(error)")
        }
      },
      folder("cache", Places().cache),
      folder("state", Places().state),
    ]
  }

  private static func tool(_ name: String, _ use: String, _ remedy: String, isRequired: Bool) -> Need {
    Need(name: name, isRequired: isRequired) {
      Tool.find(name).map { .present($0) } ?? .missing("missing; it \(use): \(remedy)")
    }
  }

  private static func folder(_ name: String, _ url: URL) -> Need {
    Need(name: name, isRequired: true) {
      do {
        try Places.make(url)
        let values = try? url.resourceValues(forKeys: [.volumeAvailableCapacityKey])
        let free = values?.volumeAvailableCapacity.map { ", \($0 / 1_048_576) MiB free" } ?? ""
        guard access(url.path, W_OK) == 0 else { return .missing("\(url.path) is not writable: chmod u+w it") }
        return .present(url.path + free)
      } catch {
        return .missing("\(error)")
      }
    }
  }
}
