public import VerdictStream

/// Carries the tables out and says how each row went.
public struct SetUp {
  /// The rows, as records.
  public private(set) var steps: [Setup] = []
  /// False when something required is missing.
  public private(set) var isComplete = true

  /// Mounts, devices and interfaces, in that order. Goes on after any failure.
  public init(on system: inout some System) {
    for mount in Tables.mounts { carryOut(mount, &system) }
    for device in Tables.devices { carryOut(device, &system) }
    for interface in Tables.interfaces {
      do throws(Errno) {
        try system.bringUp(interface)
        note("interface", interface, .ok)
      } catch {
        // A kernel without networking has no sockets at all; that is its nature and no fault.
        note("interface", interface, .absent, system.name(of: error))
      }
    }
  }

  /// Mounts again what a probe before this one took away and the init cannot do without.
  public static func repair(on system: inout some System) {
    for mount in Tables.vital {
      guard let witness = mount.witness else { continue }
      do throws(Errno) {
        _ = try system.read(witness, limit: 1)
      } catch {
        do throws(Errno) { try system.mount(mount) } catch {}
      }
    }
  }

  private mutating func carryOut(_ mount: Mount, _ system: inout some System) {
    // A directory that cannot be made shows itself in the mount.
    do throws(Errno) { try system.makeDirectory(mount.target) } catch {}
    do throws(Errno) {
      try system.mount(mount)
      note("mount", mount.target, .ok)
    } catch {
      if error == .busy {
        note("mount", mount.target, .ok)
      } else if !mount.required && (error == .noDevice || error == .noEntry) {
        note("mount", mount.target, .absent, system.name(of: error))
      } else {
        note("mount", mount.target, .failed, system.name(of: error))
        if mount.required { isComplete = false }
      }
    }
  }

  /// Silent where devtmpfs made the node already, which is nearly everywhere.
  private mutating func carryOut(_ device: DeviceNode, _ system: inout some System) {
    do throws(Errno) {
      try system.makeDevice(device.path, major: device.major, minor: device.minor)
      note("device", device.path, .ok)
    } catch {
      if error != .exists { note("device", device.path, .failed, system.name(of: error)) }
    }
  }

  private mutating func note(_ step: Text, _ target: Text, _ outcome: Setup.Outcome, _ errno: Text = "") {
    steps.append(Setup(step: step, target: target, outcome: outcome, errno: errno))
  }
}
