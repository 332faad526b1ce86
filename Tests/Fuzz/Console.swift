import Foundation

/// Any bytes on the console: the same events however they are cut, short signatures, no trap.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  var whole = ConsoleReader()
  whole.feed(bytes)
  var cut = ConsoleReader()
  let piece = max(1, Int(bytes.first ?? 1))
  var rest = bytes[...]
  while !rest.isEmpty {
    cut.feed(rest.prefix(piece))
    rest = rest.dropFirst(piece)
  }
  guard whole.events == cut.events, whole.banners == cut.banners, whole.isFinished == cut.isFinished else {
    fatalError("cutting changes what is read")
  }
  for event in whole.events where event.signature.count > 1400 { fatalError("a signature of \(event.signature.count)") }
  let judge = Judge(
    Evidence(
      nonce: "n", planned: ["net.one"], expectedKernel: nil, records: [], flaws: [], console: whole, end: .exited(0)))
  guard judge.finding(about: "net.one").verdict != .good else { fatalError("good from a console alone") }
  return 0
}
