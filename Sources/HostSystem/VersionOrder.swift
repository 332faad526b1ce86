/// How packaging systems order the parts of a version.
public enum VersionOrder {
  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) && byte > 0x40 }

  /// The number that begins here as its digits without leading zeros, so that none is too long.
  private static func number(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let digits = bytes.prefix(while: isDigit)
    bytes = bytes.dropFirst(digits.count)
    return digits.drop { $0 == 0x30 }
  }

  private static func compareNumbers(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
    if left.count != right.count { return left.count < right.count ? -1 : 1 }
    return left.elementsEqual(right) ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
  }

  /// Letters sort before all else, a tilde before even the end, and a digit ends the piece.
  private static func debianOrder(_ byte: UInt8?) -> Int {
    guard let byte, !isDigit(byte) else { return 0 }
    if byte == UInt8(ascii: "~") { return -1 }
    return isLetter(byte) ? Int(byte) : Int(byte) + 256
  }

  /// By deb-version(7), a part of a version without epoch and hyphen; less than 0 where the left one is earlier.
  public static func debian(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var (left, right) = (left[...], right[...])
    while !left.isEmpty || !right.isEmpty {
      while left.first.map({ !isDigit($0) }) ?? false || right.first.map({ !isDigit($0) }) ?? false {
        let (mine, others) = (debianOrder(left.first), debianOrder(right.first))
        if mine != others { return mine < others ? -1 : 1 }
        left = left.dropFirst()
        right = right.dropFirst()
      }
      let numbers = compareNumbers(number(&left), number(&right))
      if numbers != 0 { return numbers }
    }
    return 0
  }

  /// By rpm-version(7), the same.
  public static func rpm(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var (left, right) = (left[...], right[...])
    func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || isLetter(byte) }
    func skip(_ bytes: inout ArraySlice<UInt8>) {
      bytes = bytes.drop { !isWord($0) && $0 != UInt8(ascii: "~") && $0 != UInt8(ascii: "^") }
    }
    while true {
      skip(&left)
      skip(&right)
      // A tilde sorts before everything, the end too.
      if left.first == UInt8(ascii: "~") || right.first == UInt8(ascii: "~") {
        guard left.first == right.first else { return left.first == UInt8(ascii: "~") ? -1 : 1 }
        left = left.dropFirst()
        right = right.dropFirst()
        continue
      }
      // A caret sorts after the end and before everything else.
      if left.first == UInt8(ascii: "^") || right.first == UInt8(ascii: "^") {
        if left.isEmpty { return -1 }
        if right.isEmpty { return 1 }
        guard left.first == right.first else { return left.first == UInt8(ascii: "^") ? -1 : 1 }
        left = left.dropFirst()
        right = right.dropFirst()
        continue
      }
      guard let mine = left.first, let others = right.first else { break }
      // A number is later than a word.
      guard isDigit(mine) == isDigit(others) else { return isDigit(mine) ? 1 : -1 }
      if isDigit(mine) {
        let numbers = compareNumbers(number(&left), number(&right))
        if numbers != 0 { return numbers }
      } else {
        let (one, other) = (left.prefix(while: isLetter), right.prefix(while: isLetter))
        if !one.elementsEqual(other) { return one.lexicographicallyPrecedes(other) ? -1 : 1 }
        left = left.dropFirst(one.count)
        right = right.dropFirst(other.count)
      }
    }
    if left.isEmpty && right.isEmpty { return 0 }
    return left.isEmpty ? -1 : 1
  }
}
