import Foundation
import TestKernels
import Testing

/// The init gives one mount namespace to probe after probe, as long as none of them changes it. Each of these changes it in a
/// way of its own, and the probe behind it finds it as if it were the first.
@Suite struct KeptMountsTests {
  /// What the probe does, in C.
  private static let changes: [(name: String, code: String)] = [
    ("nothing", ""),
    ("file", #"REQUIRE_OK(close(REQUIRE_OK(open("/tmp/x", O_CREAT | O_WRONLY, 0600))));"#),
    ("folder-gone-again", #"REQUIRE_OK(mkdir("/run/x", 0700)); REQUIRE_OK(rmdir("/run/x"));"#),
    ("mode", #"REQUIRE_OK(chmod("/tmp", 0700));"#),
    ("owner", #"REQUIRE_OK(chown("/dev/shm", 7, 8));"#),
    ("times", #"REQUIRE_OK(utimensat(AT_FDCWD, "/run", (struct timespec[]){{1, 0}, {1, 0}}, 0));"#),
    ("attribute", #"REQUIRE_OK(setxattr("/tmp", "trusted.firstbad", "x", 1, 0));"#),
    ("mount-that-is-left", #"REQUIRE_OK(mount("tmpfs", "/run", "tmpfs", 0, "")); REQUIRE_OK(mkdir("/run/x", 0700));"#),
    ("mount", #"REQUIRE_OK(mount("tmpfs", "/sys", "tmpfs", 0, ""));"#),
    ("propagation", #"REQUIRE_OK(mount(0, "/", 0, MS_REC | MS_SHARED, 0));"#),
    ("umount", #"REQUIRE_OK(umount("/dev/shm"));"#),
    ("umount-of-proc", #"REQUIRE_OK(umount("/proc"));"#),
    ("lazy-umount-of-proc", #"REQUIRE_OK(umount2("/proc", MNT_DETACH));"#),
    ("read-only", #"REQUIRE_OK(mount(0, "/tmp", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0));"#),
    ("size", #"REQUIRE_OK(mount(0, "/run", 0, MS_REMOUNT, "size=1m"));"#),
    ("huge-pages", #"REQUIRE_OK(mount(0, "/dev/shm", 0, MS_REMOUNT, "huge=always"));"#),
    ("lazy-times", #"REQUIRE_OK(mount(0, "/tmp", 0, MS_REMOUNT | MS_LAZYTIME, ""));"#),
    // fspick(2) and fsconfig(2), of which poll(2) does not tell.
    (
      "picked-size",
      #"""
      int picked = (int)REQUIRE_OK(syscall(433, AT_FDCWD, "/dev/shm", 0));
      REQUIRE_OK(syscall(431, picked, 1 /* SET_STRING */, "size", "1m", 0));
      REQUIRE_OK(syscall(431, picked, 7 /* RECONFIGURE */, NULL, NULL, 0));
      """#
    ),
    ("working-folder", #"REQUIRE_OK(chdir("/tmp")); REQUIRE_OK(chroot("/run"));"#),
    ("crash", #"REQUIRE_OK(mkdir("/tmp/x", 0700)); raise(SIGSEGV);"#),
  ]

  private static let look = #"""
    #include <firstbad/kit.h>
    #include <dirent.h>
    #include <sys/mount.h>
    #include <sys/statfs.h>
    #include <sys/xattr.h>

    static void looks(void)
    {
    	static const char *const folders[] = {"/tmp", "/run", "/dev/shm"};
    	char names[64];
    	struct statfs size[3];
    	for (int i = 0; i < 3; i++) {
    		struct stat status;
    		REQUIRE_OK(lstat(folders[i], &status));
    		CHECK_EQ(status.st_mode, S_IFDIR | 01777);
    		CHECK_EQ(status.st_uid + status.st_gid, 0);
    		CHECK_GT(status.st_mtime, 2);
    		CHECK_EQ(status.st_nlink, 2);
    		DIR *folder = opendir(folders[i]);
    		REQUIRE(folder, "no folder");
    		int count = 0;
    		while (readdir(folder))
    			count++;
    		closedir(folder);
    		CHECK_EQ(count, 2);
    		CHECK_EQ(llistxattr(folders[i], names, sizeof names) > 0, 0);
    		REQUIRE_OK(statfs(folders[i], &size[i]));
    		CHECK_EQ(size[i].f_blocks, size[0].f_blocks);
    		CHECK_EQ(size[i].f_flags & 1 /* ST_RDONLY */, 0);
    		CHECK_EQ(size[i].f_bfree, size[i].f_blocks);
    	}
    	CHECK_OK(access("/sys/kernel", F_OK));
    	const char *table = read_text("/proc/self/mountinfo");
    	CHECK(!strstr(table, "shared:") && !strstr(table, "huge=") && !strstr(table, "lazytime"));
    	char own[64] = "", init[64] = "", folder[64];
    	REQUIRE_OK(readlink("/proc/self/ns/mnt", own, sizeof own - 1));
    	REQUIRE_OK(readlink("/proc/1/ns/mnt", init, sizeof init - 1));
    	CHECK(strcmp(own, init) != 0);
    	CHECK_STR_EQ(getcwd(folder, sizeof folder), "/");
    	OBSERVE("namespace", own);
    }
    """#

  @Test func `a probe never sees what one before it did to the mounts`() async throws {
    let scratch = try Scratch()
    var source = Self.look
    var ids: [String] = []
    for (number, change) in Self.changes.enumerated() {
      let place = String(format: "p%02d", number)
      // One among the real mounts before every other, so that the change is the first in its namespace as often as not.
      if number % 2 == 0 {
        source += "PROBE(\"\(place).a.real\", \"\", REAL_MOUNTS) { PASS(); }\n"
        ids.append("\(place).a.real")
      }
      source += """
        PROBE("\(place).\(change.name)", "changes") { \(change.code) PASS(); }
        PROBE("\(place).\(change.name).next", "looks") { looks(); PASS(); }

        """
      ids += ["\(place).\(change.name)", "\(place).\(change.name).next"]
    }
    let file = try scratch.file("kept.c", source)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      let lines = run.output.split(separator: "\n")
      #expect(Set(lines.compactMap { $0.firstMatch(of: #/"log":"([^"]*)"/#)?.1 }).count == 1, "one boot")
      for id in ids {
        let line = lines.first { $0.contains("\"probe\":\"\(id)\"") } ?? "\(id) is missing"
        let isCrash = id.hasSuffix(".crash")
        #expect(line.contains(isCrash ? "SIGSEGV" : "\"verdict\":\"good\""), "\(line)")
      }
    }
  }

  @Test func `probes that change nothing share a namespace, and one that does is the last of its own`() async throws {
    let scratch = try Scratch()
    // Which namespace it is tells when its /tmp was made; the number of a namespace is given anew at once. A tick of the
    // kernel's clock between two is enough to tell them apart, and to be let into one that was just made.
    let made = #"""
      static long long made(void)
      {
      	struct stat folder;
      	REQUIRE_OK(stat("/tmp", &folder));
      	usleep(20000);
      	return folder.st_ctim.tv_sec * 1000000000LL + folder.st_ctim.tv_nsec;
      }
      PROBE("a.own", "its own, or the one that was just made") { PASS(); }
      PROBE("b.first", "") { OBSERVE("one", made()); PASS(); }
      PROBE("c.second", "") { OBSERVE("two", made()); PASS(); }
      PROBE("d.pids", "", PRIVATE_PIDS) { OBSERVE("pids", made()); PASS(); }
      PROBE("e.changes", "") { OBSERVE("three", made()); REQUIRE_OK(mkdir("/tmp/x", 0700)); PASS(); }
      PROBE("f.after", "") { OBSERVE("four", made()); PASS(); }
      PROBE("g.real", "", REAL_MOUNTS) { OBSERVE("real", made()); PASS(); }
      PROBE("h.last", "") { OBSERVE("five", made()); PASS(); }
      """#
    let file = try scratch.file("made.c", "#include <firstbad/kit.h>\n#include <sys/stat.h>\n" + made)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      func seen(_ name: String) throws -> Substring {
        let pattern = try Regex("\"\(name)\":([0-9]+)", as: (Substring, Substring).self)
        return try #require(run.output.firstMatch(of: pattern)?.1, "\(run.output)")
      }
      #expect(try seen("one") == seen("two"))
      #expect(try seen("two") == seen("three"), "it was as it had been when the third came")
      let others = [try seen("one"), try seen("pids"), try seen("four"), try seen("real"), try seen("five")]
      #expect(Set(others).count == others.count, "\(others)")
    }
  }

  @Test func `what a probe mounted is not taken down by PID 1, which might die of it`() async throws {
    let scratch = try Scratch()
    // A tmpfs with so many files that its end can be seen in the time that PID 1 has spent in the kernel.
    let source = #"""
      #include <firstbad/kit.h>
      #include <sys/mount.h>
      static long ticks(void)
      {
      	long ticks;
      	REQUIRE(sscanf(read_text("/proc/1/stat"), "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %ld", &ticks) == 1,
      		"cannot be read");
      	return ticks;
      }
      // Long enough for the next to be let into the namespace that was made for this one.
      PROBE("a.before", "") { OBSERVE("before", ticks()); usleep(20000); PASS(); }
      PROBE("b.fills", "")
      {
      	char name[64];
      	REQUIRE_OK(mount("tmpfs", "/run", "tmpfs", 0, "nr_inodes=30000"));
      	for (int i = 0; i < 20000; i++) {
      		snprintf(name, sizeof name, "/run/%d", i);
      		REQUIRE_OK(mknod(name, S_IFREG | 0600, 0));
      	}
      	PASS();
      }
      PROBE("c.after", "") { OBSERVE("after", ticks()); PASS(); }
      """#
    let file = try scratch.file("fills.c", source)
    let run = try await Command.firstbad(["run", "--json", "--kernel", try await TestKernels.newest(), file])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    func ticks(_ name: String) throws -> Int {
      let pattern = try Regex("\"\(name)\":([0-9]+)", as: (Substring, Substring).self)
      return try #require(run.output.firstMatch(of: pattern).flatMap { Int($0.1) }, "\(run.output)")
    }
    // To the boot before it, so that a slow machine does not matter: 2 to 120, and 57 to 240 where PID 1 does it.
    let boot = try ticks("before")
    #expect(try (ticks("after") - boot) * 12 < boot)
  }
}
