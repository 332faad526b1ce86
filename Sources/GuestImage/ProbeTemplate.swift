/// What `firstbad new` writes: a probe to start from, by the subsystem that its id begins with.
public enum ProbeTemplate {
  /// The subsystems that have a template of their own.
  public static var subsystems: [String] { bodies.map(\.subsystem) }

  /// The same in Swift.
  public static func swift(id: String) -> String { SwiftTemplate.text(id: id) }

  /// A probe with this id that compiles and passes.
  public static func text(id: String) -> String {
    let subsystem = id.split(separator: ".").first.map(String.init) ?? ""
    let body = bodies.first { $0.subsystem == subsystem } ?? general
    return """
      /*
       * What behaviour is this about? Since when has it been so, and who relies on it?
       *
       * Source: where that is written.
       */
      #include <firstbad/kit.h>
      \(body.includes.map { "#include <\($0)>\n" }.joined())
      PROBE("\(id)", "one line that is true when the probe passes"\(body.attributes.map { ", \($0)" }.joined()))
      {
      \(body.text)
      \tPASS();
      }

      """
  }

  private struct Body {
    let subsystem: String
    var includes: [String] = []
    var attributes: [String] = []
    let text: String
  }

  private static let general = Body(
    subsystem: "",
    text: """
      \t/* What the probe needs. When this fails, the kernel cannot tell: neither good nor bad. */
      \tint file = REQUIRE_OK(open("/dev/zero", O_RDONLY));

      \t/* What the probe is about. */
      \tchar byte = 1;
      \tlong got = read(file, &byte, 1);

      \t/* What was seen, reported whatever the result; --changed compares it between kernels. */
      \tOBSERVE("got", got);

      \t/* What the kernel is accused of when it is not so. */
      \tCHECK_EQ(got, 1);
      \tCHECK_EQ(byte, 0);
      """)

  private static let bodies = [
    Body(
      subsystem: "net", attributes: ["PRIVATE_NETWORK", #"NEEDS("CONFIG_INET")"#],
      text: """
        \tstruct pair pair = tcp_pair();
        \tREQUIRE_OK(write(pair.client, "x", 1));
        \tclose(pair.server);
        \tint error = errno_of(read(pair.client, &(char){0}, 1));
        \tOBSERVE_ERRNO("errno", error);
        \tCHECK_ERRNO_IS(error, ECONNRESET);
        """),
    Body(
      subsystem: "fs",
      text: """
        \tstruct stat status;
        \tconst char *path = temp_text("hello");
        \tint file = REQUIRE_OK(open(path, O_RDWR | O_APPEND));
        \tREQUIRE_OK(pwrite(file, "!", 1, 0));
        \tCHECK_OK(stat(path, &status));
        \tOBSERVE("got", status.st_size);
        \tCHECK_EQ(status.st_size, 6);
        """),
    Body(
      subsystem: "mm", includes: ["sys/mman.h"],
      text: """
        \tchar *page = REQUIRE_OK(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        \tpage[0] = 1;
        \tint error = errno_of(madvise(page, 4096, MADV_DONTNEED));
        \tOBSERVE_ERRNO("errno", error);
        \tCHECK_ERRNO_IS(error, 0);
        \tCHECK_EQ(page[0], 0);
        """),
    Body(
      subsystem: "time", includes: ["time.h"],
      text: """
        \tlong long before = fb_now_ms();
        \tCHECK_OK(nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL));
        \t/* How long is not the same on every boot: report what is, such as whether it was long enough. */
        \tOBSERVE("long-enough", fb_now_ms() - before >= 19);
        \tCHECK_GE(fb_now_ms() - before, 19);
        """),
    Body(
      subsystem: "process",
      text: """
        \tpid_t helper = child();
        \tif (helper == 0)
        \t\t_exit(3);
        \tint end = end_of(helper, 2000);
        \tOBSERVE("end", end);
        \tCHECK_EQ(end, 3);
        """),
    Body(
      subsystem: "namespaces", includes: ["sys/mount.h"], attributes: [#"NEEDS("CONFIG_PID_NS")"#],
      text: """
        \tpid_t helper = child_in(CLONE_NEWPID | CLONE_NEWNS);
        \tif (helper == 0) {
        \t\tREQUIRE_OK(mount("proc", "/proc", "proc", 0, NULL));
        \t\t_exit(getpid());
        \t}
        \tint inside = end_of(helper, 2000);
        \tOBSERVE("inside", inside);
        \tCHECK_EQ(inside, 1);
        """),
    Body(
      subsystem: "security", includes: ["linux/capability.h"],
      text: """
        \tdrop_capability(CAP_SYS_CHROOT);
        \tint error = errno_of(chroot("/"));
        \tOBSERVE_ERRNO("errno", error);
        \tCHECK_ERRNO_IS(error, EPERM);
        """),
    Body(
      subsystem: "sysctl",
      text: """
        \tREQUIRE_PATH("/proc/sys/kernel/hostname");
        \t/* The init puts the old value back. One that is to stand from the beginning: SYSCTL() in the heading. */
        \tset_sysctl("kernel.hostname", "probe");
        \tOBSERVE("name", sysctl_text("kernel.hostname"));
        \tCHECK_STR_EQ(sysctl_text("kernel.hostname"), "probe");
        """),
  ]
}
