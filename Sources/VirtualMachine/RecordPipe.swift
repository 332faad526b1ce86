import Foundation
import HostSystem
import SystemPackage

/// The pipe that QEMU writes the records to.
///
/// QEMU hands over each byte of a serial port by a write(2) of its own. A reader that sleeps in poll(2) would be woken
/// for each, on the processor that the guest wants next; so nobody waits on this pipe, and whoever wants its news asks.
struct RecordPipe: ~Copyable {
  /// QEMU's end, for it alone: it has to be closed here as soon as QEMU has it, or the end of the records is never seen.
  let writeEnd: FileDescriptor
  private let readEnd: FileDescriptor
  /// Bytes that a pipe of Linux has room for.
  static let capacity = 1 << 16

  /// A pipe; fails when there are no descriptors left.
  init() throws(Failure) {
    do {
      // No other program that is started at this moment may keep an end of it open.
      (readEnd, writeEnd) = try FileDescriptor.pipe(options: .closeOnExec)
    } catch {
      throw Failure(.toolFailed, "no pipe can be made: \(error)", remedy: "end some programs: too many files are open")
    }
    _ = fcntl(readEnd.rawValue, F_SETFL, O_NONBLOCK)
  }

  deinit { try? readEnd.close() }

  /// What is there now, perhaps nothing, at most ``capacity`` bytes; nil when all is read and nobody can write any more.
  func next() -> [UInt8]? {
    do {
      let bytes = try [UInt8](unsafeUninitializedCapacity: Self.capacity) { buffer, count in
        count = try readEnd.read(into: UnsafeMutableRawBufferPointer(buffer))
      }
      return bytes.isEmpty ? nil : bytes
    } catch Errno.wouldBlock {
      return []
    } catch {
      return nil
    }
  }
}
