public import VerdictStream

/// One mount of the guest.
public struct Mount: Equatable, Sendable {
  /// File system type, also used as the source.
  public var type: Text
  /// Where; the directory is made when it is not there.
  public var target: Text
  /// Comma-separated options, or empty.
  public var options: Text
  /// Without a required one no probe can be trusted; an optional one may be absent from a small kernel.
  public var required: Bool
  /// A file that is there only while it is mounted, for what is mounted again when a probe took it away.
  public var witness: Text?

  init(_ type: Text, _ target: Text, _ options: Text = "", required: Bool = false, witness: Text? = nil) {
    self.type = type
    self.target = target
    self.options = options
    self.required = required
    self.witness = witness
  }
}

/// One device node, for kernels without devtmpfs. Numbers: Documentation/admin-guide/devices.txt.
public struct DeviceNode: Equatable, Sendable {
  /// The node.
  public var path: Text
  /// Its major number.
  public var major: Int32
  /// Its minor number.
  public var minor: Int32
}

/// What the init sets up, in order. A new mount or device is a row here and nothing else.
public enum Tables {
  private static var proc: Mount { Mount("proc", "/proc", required: true, witness: "/proc/uptime") }

  /// Those that are mounted again before the next probe, when one took them away. Asked for each probe: no more than needed.
  public static var vital: [Mount] { [proc] }

  /// The mounts.
  public static var mounts: [Mount] {
    [
      proc,
      Mount("sysfs", "/sys"),
      Mount("devtmpfs", "/dev", "mode=0755"),
      Mount("devpts", "/dev/pts", "mode=0620,ptmxmode=0666"),
      Mount("tmpfs", "/dev/shm", "mode=1777"),
      Mount("tmpfs", "/tmp", "mode=1777"),
      Mount("tmpfs", "/run", "mode=0755"),
      Mount("cgroup2", "/sys/fs/cgroup"),
      Mount("debugfs", "/sys/kernel/debug"),
      Mount("tracefs", "/sys/kernel/tracing"),
      Mount("securityfs", "/sys/kernel/security"),
      Mount("bpf", "/sys/fs/bpf"),
    ]
  }

  /// The devices a probe may expect, made by hand where the kernel has no devtmpfs.
  public static var devices: [DeviceNode] {
    [
      DeviceNode(path: "/dev/null", major: 1, minor: 3),
      DeviceNode(path: "/dev/zero", major: 1, minor: 5),
      DeviceNode(path: "/dev/full", major: 1, minor: 7),
      DeviceNode(path: "/dev/random", major: 1, minor: 8),
      DeviceNode(path: "/dev/urandom", major: 1, minor: 9),
      DeviceNode(path: "/dev/kmsg", major: 1, minor: 11),
      DeviceNode(path: "/dev/tty", major: 5, minor: 0),
      DeviceNode(path: "/dev/console", major: 5, minor: 1),
      DeviceNode(path: "/dev/ptmx", major: 5, minor: 2),
      DeviceNode(path: "/dev/ttyS0", major: 4, minor: 64),
      DeviceNode(path: "/dev/ttyS1", major: 4, minor: 65),
    ]
  }

  /// Network interfaces to bring up.
  public static var interfaces: [Text] { ["lo"] }
}
