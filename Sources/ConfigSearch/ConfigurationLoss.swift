import HostSystem
import KernelBuild

/// What files say and the completed ends have not, as firstbad sets some symbols by itself: a cause that is among it is
/// not there, and whoever is told that the bad end is good must be told that.
struct ConfigurationLoss {
  /// Where firstbad set a symbol otherwise than a file: the file's own word.
  let overruled: [BuildRecipe.Assignment]
  /// Symbols by which the files differ and the ends do not.
  let lost: [String]
  /// Of these what asks for more than every host has.
  let setAside: [String]
  /// Of these what is set by `--with`.
  let given: [String]

  init(_ ends: ConfigurationEnds, good: String, bad: String) {
    let symbols = Set(ends.symbols.map(\.symbol))
    let own = symbols.union(ends.probeSymbols)
    switch ends.kind {
    case .between(let goodFile, let badFile):
      let words =
        ConfigDifference.overruled(badFile, completed: bad) + ConfigDifference.overruled(goodFile, completed: good)
      var told = own
      overruled = words.filter { told.insert($0.symbol).inserted }
      let lost = ConfigDifference.lost(good: (goodFile, good), bad: (badFile, bad))
      self.lost = lost.map(\.symbol)
      setAside = ConfigDifference.setAside(lost).map(\.symbol).filter { !own.contains($0) }
      given = lost.map(\.symbol).filter(symbols.contains)
    case .least(let file):
      overruled = ConfigDifference.overruled(file, completed: bad).filter { !own.contains($0.symbol) }
      (lost, setAside, given) = ([], [], [])
    }
  }

  /// What is set aside, for a person; nil where nothing is.
  var note: String? {
    setAside.isEmpty
      ? nil
      : "set aside, as not every host can build it: \(Self.list(setAside)); what matters of it both get by --with SYMBOL=VALUE"
  }

  /// The ends do not differ.
  func same(_ names: ConfigurationSearch.Names) -> Failure {
    var remedies = ["see that they were made for this tree"]
    if !given.isEmpty { remedies.append("leave \(Self.list(given)) out of --with") }
    if let advice, !lost.isEmpty { remedies.append(advice) }
    return Failure(
      .badInput, "\(names.good), and \(names.bad), are the same once kconfig has completed them\(gone)",
      remedy: remedies.joined(separator: ", or "))
  }

  /// The same for an end that is not what it is said to be.
  func explaining(_ failure: Failure) -> Failure {
    Failure(
      failure.kind, failure.message + gone,
      remedy: [failure.remedy, advice].compactMap { $0 }.joined(separator: "; or "))
  }

  private var gone: String { lost.isEmpty ? "" : "; only the files differ in \(Self.list(lost))" }

  private var advice: String? {
    guard !overruled.isEmpty else { return nil }
    let words = overruled.map { "--with '\($0.text)'" }.joined(separator: " ")
    return "it may hang on what firstbad sets otherwise than the file says, which is kept by \(words)"
  }

  private static func list(_ symbols: [String]) -> String {
    symbols.prefix(6).joined(separator: ", ") + (symbols.count > 6 ? " and \(symbols.count - 6) more" : "")
  }
}
