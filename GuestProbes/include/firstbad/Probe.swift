/// Probes in Embedded Swift: what `probe.h` is for C. It is compiled together with the one file of the probes.

/// How a probe ends before its function returns; returning is a pass, when something was checked or observed.
public enum Ending: Error {
  /// What the kernel is accused of was found: bad.
  case failed(String, StaticString, Int)
  /// This kernel cannot tell, and why.
  case skipped(String, StaticString, Int)
}

/// What the probe has said so far. A probe has its process to itself.
nonisolated(unsafe) private var hasFailedACheck = false
nonisolated(unsafe) private var hasSaidAnything = false
/// The first requirement that was not met: one that is dropped, as by `try?`, counts all the same.
nonisolated(unsafe) private var unmet: Ending?

/// Where the probe has come to: a crash or a deadline says after which line.
private func reached(_ file: StaticString, _ line: Int) {
  fb_reached(UnsafeRawPointer(file.utf8Start).assumingMemoryBound(to: CChar.self), Int32(line))
}

private func missing(_ why: String, _ file: StaticString, _ line: Int) throws(Ending) -> Never {
  let ending = Ending.skipped(why, file, line)
  if unmet == nil { unmet = ending }
  throw ending
}

private func judge(_ isSo: Bool, _ words: @autoclosure () -> String, _ file: StaticString, _ line: Int) throws(Ending) {
  hasSaidAnything = true
  if isSo { return }
  let words = words()
  // Said at once: one that is caught and dropped, as by `try?`, or in a child, counts all the same.
  if !hasFailedACheck { fb_say_text(FB_FAIL, "\(file):\(line)", words) }
  hasFailedACheck = true
  throw .failed(words, file, line)
}

// MARK: - Checks: what the kernel is accused of

/// A condition that must hold.
public func check(
  _ condition: Bool, _ words: @autoclosure () -> String = "not true", file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(condition, words(), file, line)
}

/// Two numbers that must be equal; both are told when they are not.
public func checkEqual<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, _ right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left == right, "\(left) == \(right) is false", file, line)
}

/// Two numbers that must differ.
public func checkNotEqual<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, _ right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left != right, "\(left) != \(right) is false", file, line)
}

/// A number that must be less than another.
public func checkLess<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, than right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left < right, "\(left) < \(right) is false", file, line)
}

/// A number that must be greater than another.
public func checkGreater<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, than right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left > right, "\(left) > \(right) is false", file, line)
}

/// A number that must be as small as another, or smaller.
public func checkAtMost<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, _ right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left <= right, "\(left) <= \(right) is false", file, line)
}

/// A number that must be as large as another, or larger.
public func checkAtLeast<Number: FixedWidthInteger, Other: FixedWidthInteger>(
  _ left: Number, _ right: Other, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(left >= right, "\(left) >= \(right) is false", file, line)
}

/// Two texts that must have the same bytes; `==` of Strings would want the Unicode tables.
public func checkEqual(
  _ left: String, _ right: String, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(sameText(left, right), "\"\(left)\" is not \"\(right)\"", file, line)
}

/// An errno that must be this one, or 0; their names are told when it is not.
public func checkErrno(
  _ error: Int32, _ wanted: Int32, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  try judge(error == wanted, "\(errnoName(error)) and not \(errnoName(wanted))", file, line)
}

/// A call that must not return -1; gives what it returned.
@discardableResult
public func checkOK<Number: FixedWidthInteger>(
  _ returned: Number, file: StaticString = #fileID, line: Int = #line
) throws(Ending) -> Number {
  let error = fb_last_errno()
  reached(file, line)
  try judge(!hasFailed(returned), "failed with \(errnoName(error))", file, line)
  return returned
}

/// What the kernel is accused of was found.
public func fail(_ words: String, file: StaticString = #fileID, line: Int = #line) throws(Ending) -> Never {
  reached(file, line)
  try judge(false, words, file, line)
  throw .failed(words, file, line)
}

// MARK: - Requirements: what the probe only needs

/// A condition without which the probe cannot tell, and why.
public func require(
  _ condition: Bool, _ why: @autoclosure () -> String, file: StaticString = #fileID, line: Int = #line
) throws(Ending) {
  reached(file, line)
  if !condition { try missing(why(), file, line) }
}

/// A call that must not return -1, or the probe cannot tell; gives what it returned.
@discardableResult
public func requireOK<Number: FixedWidthInteger>(
  _ returned: Number, file: StaticString = #fileID, line: Int = #line
) throws(Ending) -> Number {
  let error = fb_last_errno()
  reached(file, line)
  if hasFailed(returned) { try missing("failed with " + errnoName(error), file, line) }
  return returned
}

/// This kernel or machine cannot tell.
public func skip(_ why: String, file: StaticString = #fileID, line: Int = #line) throws(Ending) -> Never {
  reached(file, line)
  try missing(why, file, line)
}

// MARK: - Observations: what was seen, whatever the result

/// A named integer; on the wire before this returns.
public func observe<Number: FixedWidthInteger>(
  _ name: String, _ value: Number, file: StaticString = #fileID, line: Int = #line
) {
  saw(file, line)
  if let signed = Int64(exactly: value) {
    fb_observe_integer(name, signed)
  } else {
    fb_observe_unsigned(name, UInt64(truncatingIfNeeded: value))
  }
}

/// Whether it is so, as 1 or 0.
public func observe(_ name: String, _ isSo: Bool, file: StaticString = #fileID, line: Int = #line) {
  observe(name, isSo ? 1 : 0, file: file, line: line)
}

/// A named text; on the wire before this returns.
public func observe(_ name: String, _ value: String, file: StaticString = #fileID, line: Int = #line) {
  saw(file, line)
  fb_observe_text(name, value)
}

/// A named errno: `ENOSPC`, or `0` for none.
public func observe(_ name: String, errno: Int32, file: StaticString = #fileID, line: Int = #line) {
  saw(file, line)
  fb_observe_text(name, fb_errno_name(errno))
}

/// A named number with its unit, exact: kernels are compared by the number.
public func observe<Number: FixedWidthInteger>(
  _ name: String, _ value: Number, in unit: String, file: StaticString = #fileID, line: Int = #line
) {
  saw(file, line)
  guard let number = Int64(exactly: value) else {
    fb_end_text(FB_SKIP, "\(file):\(line)", "\(name) is more than an observation with a unit holds")
  }
  fb_observe_quantity(name, number, unit)
}

/// How long something took, in nanoseconds: a number that is another one in each run.
public func observe(_ name: String, nanoseconds: Int64, file: StaticString = #fileID, line: Int = #line) {
  observe(name, samples: [nanoseconds], in: "ns", file: file, line: line)
}

/// What was measured many times, in any order and unit: `ns`, `us`, `ms` and `s` are shown as times.
public func observe(
  _ name: String, samples: [Int64], in unit: String, file: StaticString = #fileID, line: Int = #line
) {
  // Nothing was seen.
  if samples.isEmpty { return }
  saw(file, line)
  fb_observe_samples(name, unit, samples, Int32(samples.count), Int64(samples.count))
}

/// Runs it so many times and reports how long each round took, as `MEASURE` does in C. Where the block has several lines
/// it says `{ () throws(Ending) in ... }`.
public func measure(
  _ name: String, rounds: Int, file: StaticString = #fileID, line: Int = #line, _ body: () throws(Ending) -> Void
) throws(Ending) {
  var all: [Int64] = []
  for _ in 0..<max(0, rounds) {
    let begun = now_ns()
    try body()
    all.append(now_ns() - begun)
  }
  observe(name, samples: all, in: "ns", file: file, line: line)
}

private func saw(_ file: StaticString, _ line: Int) {
  hasSaidAnything = true
  reached(file, line)
}

// MARK: - Beneath

/// Calls a probe's function, for its heading.
func run(_ probe: () throws(Ending) -> Void) {
  do throws(Ending) {
    try probe()
  } catch {
    end(error)
  }
  // It has been said.
  if hasFailedACheck { fb_end_text(FB_FAIL, "", "a check failed") }
  if let unmet { end(unmet) }
  if !hasSaidAnything { fb_end_text(FB_SKIP, "", "the probe ended without a check or an observation") }
  fb_end_text(FB_PASS, "", "")
}

func end(_ ending: Ending) {
  switch ending {
  case .failed(let words, let file, let line): fb_end_text(FB_FAIL, "\(file):\(line)", words)
  case .skipped(let why, let file, let line): fb_end_text(FB_SKIP, "\(file):\(line)", why)
  }
}
