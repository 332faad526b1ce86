import CGuest
import GuestInit
import VerdictStream

/// The init's `main`: PID 1 becomes the guest's init, anything else works by hand.
@c(main)
public func guestMain(
  _ argumentCount: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  let system = LinuxSystem()
  if system.processID == 1 {
    fb_pool_open()
    fb_on_new_page {
      var guest = Init(on: LinuxSystem())
      guest.run()
    }
    // PID 1 must not end: the kernel would panic, and a finished run would look like a crash.
    fb_pause_for_ever()
  }
  fb_adopt_orphans()
  let words = (1..<max(1, argumentCount)).map { Text(c: arguments?[Int($0)]) }
  var session = ByHand(on: system)
  return session.perform(ByHand<LinuxSystem>.Request(words))
}
