/// What `firstbad new NAME.swift` writes.
enum SwiftTemplate {
  static func text(id: String) -> String {
    let subsystem = id.split(separator: ".").first.map(String.init) ?? ""
    let body = bodies[subsystem] ?? general
    return """
      // What behaviour is this about? Since when has it been so, and who relies on it?
      //
      // Source: where that is written.

      /// PROBE("\(id)", "one line that is true when the probe passes"\(body.attributes))
      func probe() throws(Ending) {
      \(body.text)
      }

      """
  }

  private static let general = (
    attributes: "",
    text: """
      // What the probe needs. When this fails, the kernel cannot tell: neither good nor bad.
      let file = try requireOK(open("/dev/zero", O_RDONLY))

      // What the probe is about.
      var byte: UInt8 = 1
      let got = read(file, &byte, 1)

      // What was seen, reported whatever the result; --changed compares it between kernels.
      observe("got", got)

      // What the kernel is accused of when it is not so. Coming to the end is a pass.
      try checkEqual(got, 1)
      try checkEqual(byte, 0)
    """
  )

  private static let bodies: [String: (attributes: String, text: String)] = [
    "net": (
      #", PRIVATE_NETWORK, NEEDS("CONFIG_INET")"#,
      """
        let pair = tcpPair()
        try requireOK(write(pair.client, "x", 1))
        close(pair.server)
        var byte: UInt8 = 0
        let error = errno(of: read(pair.client, &byte, 1))
        observe("errno", errno: error)
        try checkErrno(error, ECONNRESET)
      """
    ),
    "fs": (
      "",
      """
        let file = try requireOK(open(tempText("hello"), O_RDWR | O_APPEND))
        try requireOK(pwrite(file, "!", 1, 0))
        let size = lseek(file, 0, SEEK_END)
        observe("size", size)
        try checkEqual(size, 6)
      """
    ),
    "time": (
      "",
      """
        let begun = now_ns()
        usleep(20_000)
        let took = now_ns() - begun
        // A number that is another one in each run: kernels are compared by many runs of each.
        observe("slept", nanoseconds: took)
        try checkAtLeast(took, 20_000_000)
      """
    ),
    "process": (
      "",
      """
        let helper = child()
        if helper == 0 { _exit(3) }
        let status = end(of: helper, within: 2000)
        observe("end", status)
        try checkEqual(status, 3)
      """
    ),
  ]
}
