import TestKernels
import Testing

/// `firstbad/bpf.h`: programs that are loaded, run, attached and refused, on the oldest and the newest kernel.
@Suite struct `Probes of BPF` {
  private static let source = #"""
    #include <firstbad/bpf.h>
    #include <firstbad/kit.h>
    PROBE("bpf.constant", "a program that returns 7 is taken and returns 7", NEEDS("CONFIG_BPF_SYSCALL"))
    {
    	struct bpf_insn program[] = {BPF_SET_IMM(BPF_REG_0, 7), BPF_RETURN()};
    	int loaded = CHECK_OK(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program));
    	CHECK_EQ(bpf_run(loaded, "fourteen bytes", 14), 7);
    	PASS();
    }
    PROBE("bpf.counts", "a program adds to the value of a map", NEEDS("CONFIG_BPF_SYSCALL"))
    {
    	int map = bpf_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1), zero = 0;
    	long long value = 40;
    	CHECK_OK(bpf_map_put(map, &zero, &value));
    	struct bpf_insn program[] = {
    		BPF_STORE_IMM(BPF_W, BPF_REG_10, -4, 0),
    		BPF_SET_REG(BPF_REG_2, BPF_REG_10),
    		BPF_ADD_IMM(BPF_REG_2, -4),
    		BPF_SET_MAP(BPF_REG_1, map),
    		BPF_HELPER(BPF_FUNC_map_lookup_elem),
    		BPF_JUMP_IMM(BPF_JNE, BPF_REG_0, 0, 1),
    		BPF_RETURN(),
    		BPF_LOAD(BPF_DW, BPF_REG_1, BPF_REG_0, 0),
    		BPF_ADD_IMM(BPF_REG_1, 2),
    		BPF_STORE(BPF_DW, BPF_REG_0, BPF_REG_1, 0),
    		BPF_SET_IMM(BPF_REG_0, 0),
    		BPF_RETURN(),
    	};
    	int loaded = CHECK_OK(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program));
    	bpf_run(loaded, "fourteen bytes", 14);
    	CHECK_OK(bpf_map_get(map, &zero, &value));
    	CHECK_EQ(value, 42);
    	PASS();
    }
    PROBE("bpf.refused", "a program that returns nothing is refused, and why is told", NEEDS("CONFIG_BPF_SYSCALL"))
    {
    	struct bpf_insn program[] = {BPF_RETURN()};
    	CHECK_ERRNO(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program), EACCES);
    	PASS();
    }
    PROBE("bpf.packets", "a filter on a socket keeps packets away", NEEDS("CONFIG_BPF_SYSCALL"))
    {
    	struct pair pair = udp_pair();
    	struct bpf_insn none[] = {BPF_SET_IMM(BPF_REG_0, 0), BPF_RETURN()};
    	int loaded = REQUIRE_OK(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, none));
    	CHECK_OK(setsockopt(pair.server, SOL_SOCKET, SO_ATTACH_BPF, &loaded, sizeof loaded));
    	REQUIRE_OK(send(pair.client, "x", 1, 0));
    	CHECK_ERRNO(recv(pair.server, &(char){0}, 1, MSG_DONTWAIT), EAGAIN);
    	PASS();
    }

    """#

  @Test func `load, run and attach programs without a compiler for them`() async throws {
    let scratch = try Scratch()
    let file = try scratch.file("bpf.c", Self.source)
    for kernel in [try await TestKernels.oldest(), try await TestKernels.newest()] {
      let run = try await Command.firstbad(["run", "--json", "--kernel", kernel, file])
      #expect(run.status == 0, "\(run.output)\(run.errors)")
      #expect(run.output.split(separator: "\n").count { $0.contains(#""verdict":"good""#) } == 4, "\(run.output)")
    }
  }

  @Test func `show what the verifier says`() async throws {
    let scratch = try Scratch()
    let file = try scratch.file(
      "refused.c",
      """
      #include <firstbad/bpf.h>
      PROBE("bpf.refused", "x")
      {
      \tstruct bpf_insn program[] = {BPF_RETURN()};
      \tCHECK_OK(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program));
      \tPASS();
      }

      """)
    let run = try await Command.firstbad(["run", "--kernel", try await TestKernels.newest(), file])
    #expect(run.status == 1 && run.output.contains("failed with EACCES"), "\(run.output)\(run.errors)")
    #expect((run.output + run.errors).contains("R0 !read_ok"), "\(run.output)\(run.errors)")
  }
}
