import Foundation
import TestKernels
import Testing

/// What one probe does is not seen by the next: probes that litter, and behind each one that looks.
@Suite struct IsolationTests {
  private static let source = """
    #include <firstbad/kit.h>
    #include <sys/mount.h>

    PROBE("a.litters", "leaves files, mounts and sysctls behind, and crashes")
    {
    	REQUIRE_OK(close(REQUIRE_OK(open("/tmp/litter", O_CREAT | O_WRONLY, 0600))));
    	REQUIRE_OK(close(REQUIRE_OK(open("/dev/shm/litter", O_CREAT | O_WRONLY, 0600))));
    	REQUIRE_OK(mount("tmpfs", "/sys", "tmpfs", 0, ""));
    	REQUIRE_OK(umount2("/proc", MNT_DETACH));
    	REQUIRE_OK(mount("proc", "/proc", "proc", 0, ""));
    	set_sysctl("kernel.hostname", "first");
    	set_sysctl("kernel.hostname", "litter");
    	OBSERVE("hostname", sysctl_text("kernel.hostname"));
    	kill(getpid(), SIGSEGV);
    	PASS();
    }

    PROBE("b.links", "changes its network, its sysctls and lo", PRIVATE_NETWORK, SYSCTL("net.ipv4.ip_forward", "1"))
    {
    	link_address("lo", "10.77.0.1", 24);
    	write_text("/proc/sys/net/ipv4/ip_default_ttl", "7");
    	CHECK_STR_EQ(sysctl_text("net.ipv4.ip_forward"), "1");
    	struct pair pair = tcp_pair();
    	CHECK_EQ(CHECK_OK(write(pair.client, "x", 1)), 1);
    	PASS();
    }

    PROBE("c.pids", "is process 2 and sees no other", PRIVATE_PIDS)
    {
    	CHECK_EQ(getpid(), 2);
    	CHECK_EQ(getppid(), 1);
    	CHECK_ERRNO(kill(3, 0), ESRCH);
    	CHECK_EQ(getsid(0), 2);
    	if (fork() == 0)
    		for (;;)
    			pause();
    	PASS();
    }

    PROBE("d.crashes", "a crash below a pid namespace is a crash", PRIVATE_PIDS) { kill(getpid(), SIGBUS); PASS(); }

    PROBE("e.exits", "an exit below a pid namespace is no pass", PRIVATE_PIDS) { _exit(0); }

    PROBE("f.looks", "sees nothing of all that")
    {
    	CHECK_ERRNO(access("/tmp/litter", F_OK), ENOENT);
    	CHECK_ERRNO(access("/dev/shm/litter", F_OK), ENOENT);
    	CHECK_OK(access("/sys/kernel", F_OK));
    	CHECK_STR_EQ(sysctl_text("kernel.hostname"), "(none)");
    	CHECK_EQ(read_number("/proc/sys/net/ipv4/ip_default_ttl"), 64);
    	CHECK_EQ(read_number("/proc/sys/net/ipv4/ip_forward"), 0);
    	int fd = REQUIRE_OK(socket(AF_INET, SOCK_DGRAM, 0));
    	struct address gone = endpoint("10.77.0.1", 0);
    	CHECK_ERRNO(bind(fd, SOCKADDR(gone), gone.size), EADDRNOTAVAIL);
    	CHECK_NE(getpid(), 2);
    	PASS();
    }

    PROBE("g.real", "has the guest's own mounts", REAL_MOUNTS)
    {
    	char own[64], init[64];
    	ssize_t one = REQUIRE_OK(readlink("/proc/self/ns/mnt", own, sizeof own));
    	ssize_t two = REQUIRE_OK(readlink("/proc/1/ns/mnt", init, sizeof init));
    	CHECK(one == two && memcmp(own, init, (size_t)one) == 0);
    	PASS();
    }

    PROBE("h.ports", "may not use I/O ports, as the init may")
    {
    	unsigned char status;
    	__asm__ volatile("inb %1, %0" : "=a"(status) : "d"((unsigned short)0x2fd));
    	PASS();
    }
    """

  @Test func nothingOfAProbeIsSeenByTheNext() async throws {
    let scratch = try Scratch()
    let file = try scratch.file("litter.c", Self.source)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      let lines = run.output.split(separator: "\n")
      #expect(Set(lines.compactMap { $0.firstMatch(of: #/"log":"([^"]*)"/#)?.1 }).count == 1, "one boot")
      func line(_ id: String) -> Substring { lines.first { $0.contains("\"probe\":\"\(id)\"") } ?? "" }
      #expect(line("a.litters").contains("SIGSEGV"))
      #expect(line("a.litters").contains("\"hostname\":\"litter\""))
      for id in ["b.links", "c.pids", "f.looks", "g.real"] {
        #expect(line(id).contains("\"verdict\":\"good\""), "\(line(id))")
      }
      #expect(line("d.crashes").contains("SIGBUS"))
      #expect(line("e.exits").contains("no-result"))
      #expect(line("h.ports").contains("SIGSEGV"))
    }
  }

  private static let helped = #"""
    #include <firstbad/kit.h>
    #include <dirent.h>

    /* Whether this process, or "self", was called as `/init stay`. */
    static int is_stayer(const char *process)
    {
    	char path[300], words[16] = "";
    	snprintf(path, sizeof path, "/proc/%s/cmdline", process);
    	FILE *file = fopen(path, "r");
    	size_t size = file ? fread(words, 1, sizeof words, file) : 0;
    	if (file)
    		fclose(file);
    	return size == sizeof "/init" + sizeof "stay" && strcmp(words + sizeof "/init", "stay") == 0;
    }

    static int stayers(void)
    {
    	int count = 0;
    	DIR *all = opendir("/proc");
    	REQUIRE(all, "no /proc");
    	for (struct dirent *entry; (entry = readdir(all));)
    		count += entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && is_stayer(entry->d_name);
    	closedir(all);
    	return count;
    }

    /* Takes the dump, so that the dumped process ends and nobody is left but this one. */
    __attribute__((constructor)) static void stay(void)
    {
    	char dump[4096];
    	while (is_stayer("self"))
    		if (read(0, dump, sizeof dump) <= 0)
    			pause();
    }

    PROBE("b.dumps", "a core dump makes the kernel start a program")
    {
    	set_sysctl("kernel.core_pattern", "|/init stay");
    	pid_t one = REQUIRE_OK(fork());
    	if (one == 0)
    		abort();
    	for (int i = 0; i < 500 && stayers() == 0; i++)
    		usleep(10000);
    	CHECK_EQ(CHECK_OK(waitpid(one, NULL, 0)), one);
    	OBSERVE("running", stayers());
    	PASS();
    }

    PROBE("c.looks", "the program is gone")
    {
    	for (int i = 0; i < 200 && stayers() > 0; i++)
    		usleep(10000);
    	CHECK_EQ(stayers(), 0);
    	PASS();
    }
    """#

  @Test func whatTheKernelStartedForAProbeEndsWithIt() async throws {
    let scratch = try Scratch()
    let file = try scratch.file("helped.c", Self.helped)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("\"running\":1"), "\(run.output)")
    }
  }

  private static let limited = #"""
    #include <firstbad/kit.h>
    #include <dirent.h>
    PROBE("limits.pids", "a fork beyond the limit says EAGAIN", LIMIT_PIDS(5))
    {
    	int made = 0, error = 0;
    	for (; made < 50; made++) {
    		pid_t one = fork();
    		if (one == 0)
    			for (;;)
    				pause();
    		if (one < 0) {
    			error = errno;
    			break;
    		}
    	}
    	OBSERVE("made", made);
    	CHECK_ERRNO_IS(error, EAGAIN);
    	CHECK_EQ(made, 4);
    	PASS();
    }
    PROBE("limits.memory", "a helper that takes too much is killed, and nobody else", LIMIT_MEMORY_MIB(32))
    {
    	pid_t hog = child();
    	if (hog == 0) {
    		for (int i = 0; i < 64; i++)
    			memset(malloc(1 << 20), 1, 1 << 20);
    		_exit(0);
    	}
    	CHECK_STR_EQ(event_of(hog, 8000), "killed-SIGKILL");
    	PASS();
    }
    PROBE("limits.none", "the next probe has none")
    {
    	int count = 0;
    	OBSERVE("group", read_text("/proc/self/cgroup"));
    	OBSERVE("control", read_text("/sys/fs/cgroup/cgroup.subtree_control"));
    	DIR *top = opendir("/sys/fs/cgroup");
    	REQUIRE(top, "no cgroups");
    	for (struct dirent *entry; (entry = readdir(top));)
    		if (strncmp(entry->d_name, "firstbad", 8) == 0)
    			count++;
    	CHECK_EQ(count, 0);
    	for (; count < 50; count++) {
    		pid_t one = fork();
    		if (one == 0)
    			_exit(0);
    		CHECK_GT(one, 0);
    	}
    	PASS();
    }

    """#

  @Test func aProbeIsLimitedAndTheNextOneIsNot() async throws {
    let scratch = try Scratch()
    let file = try scratch.file("limits.c", Self.limited)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--kernel", kernel, file])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("made=4") && run.output.contains("group=0::/ control="), "\(run.output)")
    }
    // Without its limit a probe is not let loose on a machine.
    let here = try await Command.firstbad(["run", "--here", file])
    #expect(here.output.split(separator: "\n").count { $0.contains("are for guests only") } == 2, "\(here.output)")
  }

  @Test func onThisMachineAProbeChangesNothing() async throws {
    let scratch = try Scratch()
    let mark = "/tmp/firstbad-here-\(UUID().uuidString)"
    let file = try scratch.file(
      "here.c",
      """
      #include <firstbad/kit.h>
      PROBE("here.root", "root there, with a network and a /tmp of its own", SYSCTL("net.ipv4.ip_default_ttl", "9"))
      {
      	CHECK_EQ(getuid(), 0);
      	REQUIRE_OK(close(REQUIRE_OK(open("\(mark)", O_CREAT | O_WRONLY, 0600))));
      	CHECK_EQ(read_number("/proc/sys/net/ipv4/ip_default_ttl"), 9);
      	CHECK_NE(write_errno("/proc/sys/kernel/printk", "7"), 0);
      	CHECK_ERRNO(open("/var/tmp/firstbad-made", O_CREAT | O_WRONLY, 0600), EROFS);
      	struct pair pair = tcp_pair();
      	CHECK_EQ(CHECK_OK(write(pair.client, "x", 1)), 1);
      	OBSERVE("seen", "this");
      	PASS();
      }
      PROBE("here.bad", "is bad") { printf("words of a bad one\\n"); FAIL("as it must"); }
      """)
    let before = try String(contentsOfFile: "/proc/sys/net/ipv4/ip_default_ttl", encoding: .utf8)
    let run = try await Command.firstbad(["run", "--here", file], in: scratch.url)
    #expect(run.status == 1, "\(run.output)\(run.errors)")
    #expect(run.output.contains(#/here\.root +good +seen=this/#), "\(run.output)")
    #expect(run.output.contains(#/here\.bad +bad +as it must \(here\.c:14\)/#), "\(run.output)")
    #expect(run.errors.contains("words of a bad one"))
    #expect(!FileManager.default.fileExists(atPath: mark))
    #expect(!FileManager.default.fileExists(atPath: "/var/tmp/firstbad-made"))
    #expect(try String(contentsOfFile: "/proc/sys/net/ipv4/ip_default_ttl", encoding: .utf8) == before)
    #expect(try await Command.firstbad(["run", "--here", "--kernel", "x", file]).status >= 128)
  }
}
