public import Foundation
public import HostSystem

/// What of a bzImage is not in vmlinux: the set-up code with its header, the decompressor, the EFI stub
/// (arch/x86/boot). It hands the kernel what it knows of the machine, so a commit that changes nothing else changes what
/// a kernel does.
public enum BootWrapper {
  /// The identity of a kernel of these loaded sections in this image. An image that has no wrapper adds nothing to it.
  public static func identity(_ sections: String, of image: URL) throws(Failure) -> String {
    guard let data = try? Data(contentsOf: image, options: .alwaysMapped) else {
      throw Failure(.badInput, "\(image.path) cannot be read", remedy: "build the kernel again")
    }
    guard let parts = parts(of: data) else { return sections }
    var digest = Digest()
    digest.add(field: sections)
    for part in parts { digest.add(data[part]) }
    return digest.hexadecimal()
  }

  /// All but the packed vmlinux, which has notes that identify nothing (``LoadedSections``), and the checksum over all at the
  /// end (Documentation/arch/x86/boot.rst: setup_sects, payload_offset, payload_length).
  private static func parts(of data: Data) -> [Range<Int>]? {
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(data[data.startIndex + offset + $1]) << (8 * $1) }
    }
    guard data.count > 0x264, data[data.startIndex + 0x202..<data.startIndex + 0x206].elementsEqual("HdrS".utf8) else {
      return nil
    }
    let end = data.endIndex - 4
    // Both fields came with protocol 2.08, in 2008.
    guard number(0x206, 2) >= 0x208 else { return [data.startIndex..<end] }
    let sectors = number(0x1F1, 1)
    let begin = data.startIndex + ((sectors == 0 ? 4 : sectors) + 1) * 512 + number(0x248, 4)
    let (stop, isTooLarge) = begin.addingReportingOverflow(number(0x24C, 4))
    guard !isTooLarge, begin <= stop, stop <= end else { return [data.startIndex..<end] }
    return [data.startIndex..<begin, stop..<end]
  }
}
