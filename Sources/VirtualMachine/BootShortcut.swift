/// A word on the kernel's command line that makes it boot faster by leaving out what no other probe can notice.
///
/// Such a word is not given to a kernel whose probe names a configuration symbol that has to do with it: there the
/// full boot is part of what is asked. The user's own words come later and win.
public struct BootShortcut: Sendable, Equatable {
  /// The word.
  public let word: String
  /// Parts of configuration symbols that forbid it.
  let forbiddenBy: [String]

  /// All.
  ///
  /// - `cryptomgr.notests`: the kernel tries each of its ciphers against known answers before it starts init; an
  ///   algorithm that fails is not registered. Debian's cloud kernel spends a fifth of an emulated boot on that
  ///   (3.4 s of CPU instead of 4.3 s). Who asks about algorithms names their symbols.
  public static let all = [
    BootShortcut(
      word: "cryptomgr.notests",
      forbiddenBy: [
        "CRYPT", "CIPHER", "FIPS", "_TLS", "_ESP", "_AH", "XFRM", "KEYS", "INTEGRITY", "IMA", "MACSEC", "TIPC",
      ]
    )
  ]

  /// Those for a kernel whose probes name these symbols.
  public static func words(forSymbols symbols: [String]) -> [String] {
    all.filter { shortcut in !symbols.contains { symbol in shortcut.forbiddenBy.contains { symbol.contains($0) } } }
      .map(\.word)
  }
}
