/// Probes in Embedded Swift: what `probe.h` is for C. It is compiled together with the one file of the probe.

/// How a probe ends before its function returns; returning is a pass.
public enum Ending: Error {
  /// What the kernel is accused of was found: bad.
  case failed(String, StaticString, Int)
  /// This kernel cannot tell, and why.
  case skipped(String, StaticString, Int)
}

/// A condition that must hold: what the kernel is accused of.
public func check(
  _ condition: Bool, _ words: String = "not true", file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  if !condition { throw .failed(words, file, line) }
}

/// Two numbers that must be equal; both are told when they are not.
public func checkEqual<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, _ right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  if Int(left) != Int(right) { throw .failed("\(Int(left)) == \(Int(right)) is false", file, line) }
}

/// An errno that must be this one, or 0; their names are told when it is not.
public func checkErrno(
  _ error: Int32, _ wanted: Int32, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  if error != wanted { throw .failed("\(errnoName(error)) and not \(errnoName(wanted))", file, line) }
}

/// bind(2) to an address of the kit: what SOCKADDR is for in C.
public func bind(_ socket: Int32, to place: address) -> Int32 {
  var place = place
  return bind(socket, &place.any, place.size)
}

/// connect(2) to an address of the kit.
public func connect(_ socket: Int32, to place: address) -> Int32 {
  var place = place
  return connect(socket, &place.any, place.size)
}

/// A condition without which the probe cannot tell, and why.
public func require(
  _ condition: Bool, _ why: String, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  if !condition { throw .skipped(why, file, line) }
}

/// A call that must not return -1, or the probe cannot tell; gives what it returned.
public func requireOK<Number: FixedWidthInteger>(
  _ returned: Number, file: StaticString = #fileID, line: Int = #line
) throws(Ending) -> Number {
  if Int(returned) == -1 { throw .skipped("failed with " + errnoName(fb_last_errno()), file, line) }
  return returned
}

/// What a call answers: 0, or its errno.
public func errno<Number: FixedWidthInteger>(of returned: Number) -> Int32 {
  Int(returned) == -1 ? fb_last_errno() : 0
}

/// A named integer; on the wire before this returns.
public func observe<Number: FixedWidthInteger>(_ name: String, _ value: Number) {
  fb_observe_integer(name, Int64(value))
}

/// A named text; on the wire before this returns.
public func observe(_ name: String, _ value: String) { fb_observe_text(name, value) }

/// A named errno: `ENOSPC`, or `0` for none.
public func observe(_ name: String, errno: Int32) { fb_observe_text(name, fb_errno_name(errno)) }

/// A named number with its unit, exact.
public func observe<Number: FixedWidthInteger>(_ name: String, _ value: Number, in unit: String) {
  fb_observe_quantity(name, Int64(value), unit)
}

/// Runs it so many times and reports how long each round took, as `MEASURE` does in C.
public func measure(_ name: String, rounds: Int, _ body: () throws(Ending) -> Void) throws(Ending) {
  var all: [Int64] = []
  for _ in 0..<rounds {
    let begun = now_ns()
    try body()
    all.append(now_ns() - begun)
  }
  fb_observe_samples(name, "ns", all, Int32(all.count), Int64(all.count))
}

/// `ENOSPC` for 28.
public func errnoName(_ number: Int32) -> String { String(cString: fb_errno_name(number)) }

/// Calls the probe's function, for the heading.
@c(fb_swift_run)
public func runProbe() {
  do throws(Ending) {
    try probe()
  } catch {
    switch error {
    case .failed(let words, let file, let line): fb_end_text(FB_FAIL, "\(file):\(line)", words)
    case .skipped(let why, let file, let line): fb_end_text(FB_SKIP, "\(file):\(line)", why)
    }
  }
  fb_end_text(FB_PASS, "", "")
}
