/// Who executes the guest's instructions.
public enum Accelerator: String, Sendable, CaseIterable, Codable {
  /// The host's processor, through /dev/kvm.
  case kvm
  /// QEMU's own translator: everywhere, some ten times slower.
  case tcg

  /// QEMU's argument. A translation cache over 16 MiB makes no boot faster, and without a bound QEMU takes
  /// a gigabyte when the guest lets it.
  var argument: String {
    switch self {
    case .kvm: "kvm"
    case .tcg: "tcg,tb-size=64"
    }
  }

  /// CPU features that make a kernel slower, and do nothing else. By ERMS (fast `rep movsb` and `rep stosb`) it copies and
  /// clears memory byte by byte, which is one step of the emulator each; without it it takes eight bytes at a time. What is
  /// named here every QEMU must know, or it does not start.
  var dearFeatures: [String] {
    switch self {
    case .kvm: []
    case .tcg: ["erms"]
    }
  }
}

/// What the user wants.
public enum AcceleratorChoice: String, Sendable, CaseIterable {
  /// KVM when it has been seen to work, else TCG.
  case auto
  /// KVM or nothing.
  case kvm
  /// TCG.
  case tcg
}
