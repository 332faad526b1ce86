/// Where a person's configuration is in question, and says otherwise than the guest would like.
extension ConfigDifference {
  /// What a person's configuration says of symbols that the guest would like to have otherwise, and could do without:
  /// where the configuration itself is in question, its own word counts. `others` are symbols of which it counts, too,
  /// because another configuration has them otherwise; see ``setAside(_:)`` for those of which it does not.
  public static func ownWord(of text: String, others: Set<String> = []) -> [BuildRecipe.Assignment] {
    let config = ConfigText(text)
    let mentioned = mentioned(in: text)
    return wished.map(\.symbol).filter { symbol in
      if BootNeed.ofTheHost.contains(symbol) { return false }
      // Of a choice only one can be had.
      let isChosen = BootNeed.alternatives[symbol]?.contains { config[$0] == "y" } ?? false
      return others.contains(symbol) || isChosen || (BootNeed.yielding.contains(symbol) && mentioned.contains(symbol))
    }.map { BuildRecipe.Assignment($0, config[$0]) }
  }

  /// Of differences those that are made the same, as the one value or the other asks for what not every host has.
  public static func setAside(_ differences: [ConfigDifference]) -> [ConfigDifference] {
    differences.filter { BootNeed.ofTheHost.contains($0.symbol) }
  }

  /// What a person's configuration says and the completed one has otherwise, because the guest would like that: its own word
  /// of each.
  public static func overruled(_ text: String, completed: String) -> [BuildRecipe.Assignment] {
    let (config, made) = (ConfigText(text), ConfigText(completed))
    let mentioned = mentioned(in: text)
    return wished.filter { mentioned.contains($0.symbol) && !config.has($0) && made.has($0) }
      .map { BuildRecipe.Assignment($0.symbol, config[$0.symbol]) }
  }

  /// Symbols that two files have differently and their completed configurations have not, as the word of one file at least
  /// was not taken.
  public static func lost(
    good: (file: String, completed: String), bad: (file: String, completed: String)
  ) -> [ConfigDifference] {
    let ends = [good, bad].map { end in
      (word: ConfigText(end.file), mentioned: mentioned(in: end.file), made: ConfigText(end.completed))
    }
    let kept = Set(all(good: good.completed, bad: bad.completed).map(\.symbol))
    return all(good: good.file, bad: bad.file).filter { difference in
      let symbol = difference.symbol
      return !kept.contains(symbol)
        && ends.contains { $0.mentioned.contains(symbol) && $0.made[symbol] != $0.word[symbol] }
    }
  }

  private static var wished: [BuildRecipe.Assignment] {
    BootNeed.table.filter { $0.strength == .wished && $0.isForOthers }.map(\.assignment)
  }

  private static func mentioned(in text: String) -> Set<String> {
    Set(
      text.split(separator: "\n").compactMap { line in
        ConfigText.unset(in: line).map(String.init) ?? ConfigText.pair(in: line)?.symbol
      })
  }
}
