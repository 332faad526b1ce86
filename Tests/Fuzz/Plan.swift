import Foundation

/// Any bytes as a plan or as a probe's heading: refused, or understood so that writing and reading it again
/// gives the same.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let text = Text(Array(UnsafeBufferPointer(start: start, count: count)))
  if let plan = try? Plan(parsing: text) {
    guard let again = try? Plan(parsing: plan.text), again == plan else { fatalError("a plan changes when written") }
  }
  if let metadata = try? ProbeMetadata(parsing: text) {
    guard ProbeMetadata.isID(metadata.id) else { fatalError("an id that is none") }
  }
  return 0
}
