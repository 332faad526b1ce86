/// Makes a console line the same on every boot.
enum Masking {
  /// The message without printk's time and caller: `[    1.234567][    T1] `.
  static func message(of line: Substring) -> Substring {
    var rest = line
    while rest.first == "[", let close = rest.firstIndex(of: "]") {
      let inside = rest[rest.index(after: rest.startIndex)..<close].drop { $0 == " " }
      let isStamp = inside.first.map { $0.isNumber || $0 == "T" || $0 == "C" } ?? false
      guard isStamp, inside.dropFirst().allSatisfy({ $0.isNumber || $0 == "." }) else { break }
      rest = rest[rest.index(after: close)...].drop { $0 == " " }
    }
    return rest
  }

  /// A head line as a signature: numbers, addresses, offsets and source lines masked.
  static func signature(_ message: Substring) -> String {
    var words: [Substring] = []
    for word in message.split(separator: " ") {
      // `[#1]`, `SMP`, `PTI` and their like after an Oops tell how the kernel was built.
      if word.hasPrefix("[#") { break }
      words.append(word)
    }
    var text = words.joined(separator: " ")
    // Who ran it, where and when: "CPU: 0 PID: 20 at ", ", CPU#0: init/20".
    text.replace(#/CPU: [0-9]+ (UID: [0-9]+ )?PID: [0-9]+ /#, with: "")
    text.replace(#/,? (on )?CPU#[0-9]+(: \S+\/[0-9]+)?/#, with: "")
    // What happened before it, and how the kernel was built.
    text.replace(#/ \((Not tainted|Tainted: [A-Z ]+)\)/#, with: "")
    text.replace(#/\+0x[0-9a-f]+\/0x[0-9a-f]+/#, with: "")
    // Simple word boundaries: by Unicode's rules "0,0" is one word.
    text.replace(#/\b(0x)?[0-9a-f]{8,16}\b/#.wordBoundaryKind(.simple), with: "ADDRESS")
    text.replace(#/0x[0-9a-f]+/#, with: "0xN")
    text.replace(#/\b[0-9]+(\.[0-9]+)?(?=s\b|ms\b|\b)/#.wordBoundaryKind(.simple), with: "N")
    return String(text.prefix(160))
  }

  /// `function` from `RIP: 0010:function+0x12/0x34` or `pc : function+0x12/0x34`.
  static func faultingFunction(_ message: Substring) -> Substring? {
    let place: Substring
    if message.hasPrefix("RIP: "), let colon = message.dropFirst(5).firstIndex(of: ":") {
      place = message[message.index(after: colon)...]
    } else if message.hasPrefix("pc : ") {
      place = message.dropFirst(5)
    } else {
      return nil
    }
    guard let plus = place.firstIndex(of: "+") else { return nil }
    let name = place[..<plus]
    let isName = name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    return isName && !name.isEmpty ? name : nil
  }
}
