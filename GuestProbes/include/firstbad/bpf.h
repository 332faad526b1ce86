/*
 * firstbad/bpf.h: programs and maps of BPF, without a compiler or a library for them. Not part of kit.h.
 *
 *     #include <firstbad/bpf.h>
 *
 *     PROBE("bpf.constant", "a program that returns 7 is taken and returns 7", NEEDS("CONFIG_BPF_SYSCALL"))
 *     {
 *         struct bpf_insn program[] = {BPF_SET_IMM(BPF_REG_0, 7), BPF_RETURN()};
 *         int loaded = CHECK_OK(bpf_load(BPF_PROG_TYPE_SOCKET_FILTER, program));
 *         CHECK_EQ(bpf_run(loaded, "fourteen bytes", 14), 7);
 *         PASS();
 *     }
 */
#ifndef FIRSTBAD_BPF_H
#define FIRSTBAD_BPF_H

#include <firstbad/probe.h>
#include <linux/bpf.h>
#include <stddef.h>

/* One instruction, as Documentation/bpf/standardization/instruction-set.rst has them. */
#define BPF_INSN(operation, destination, source, offset, immediate)                                    \
	((struct bpf_insn){.code = (operation), .dst_reg = (destination), .src_reg = (source),         \
			   .off = (offset), .imm = (immediate)})

/* destination = immediate; destination = source; destination += immediate. All 64 bits. */
#define BPF_SET_IMM(destination, immediate) BPF_INSN(BPF_ALU64 | BPF_MOV | BPF_K, destination, 0, 0, immediate)
#define BPF_SET_REG(destination, source) BPF_INSN(BPF_ALU64 | BPF_MOV | BPF_X, destination, source, 0, 0)
#define BPF_ADD_IMM(destination, immediate) BPF_INSN(BPF_ALU64 | BPF_ADD | BPF_K, destination, 0, 0, immediate)

/* destination = *(source + offset); *(destination + offset) = source. size: BPF_B, BPF_H, BPF_W or BPF_DW. */
#define BPF_LOAD(size, destination, source, offset) BPF_INSN(BPF_LDX | BPF_MEM | (size), destination, source, offset, 0)
#define BPF_STORE(size, destination, source, offset) BPF_INSN(BPF_STX | BPF_MEM | (size), destination, source, offset, 0)
#define BPF_STORE_IMM(size, destination, offset, immediate) BPF_INSN(BPF_ST | BPF_MEM | (size), destination, 0, offset, immediate)

/* Skips so many instructions when register and number compare so: BPF_JUMP_IMM(BPF_JNE, BPF_REG_0, 0, 1). */
#define BPF_JUMP_IMM(comparison, left, immediate, skipped) BPF_INSN(BPF_JMP | (comparison) | BPF_K, left, 0, skipped, immediate)

/* destination = the map; takes the place of two instructions. */
#define BPF_SET_MAP(destination, map)                                                                  \
	BPF_INSN(BPF_LD | BPF_DW | BPF_IMM, destination, BPF_PSEUDO_MAP_FD, 0, map), BPF_INSN(0, 0, 0, 0, 0)

/* Calls a helper: BPF_HELPER(BPF_FUNC_map_lookup_elem). */
#define BPF_HELPER(helper) BPF_INSN(BPF_JMP | BPF_CALL, 0, 0, 0, helper)

/* Returns register 0. */
#define BPF_RETURN() BPF_INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

/* bpf(2) loading an array of instructions under the GPL: a descriptor, or -1 with errno. What the verifier says of a
 * program that it refuses is printed. */
#define bpf_load(type, program) fb_bpf_load((type), (program), sizeof(program) / sizeof *(program))

/* A map of so many entries; skips when there is none to be had. bpf_map(BPF_MAP_TYPE_ARRAY, 4, 8, 1) */
#define bpf_map(type, key_size, value_size, entries)                                                   \
	fb_bpf_map((type), (key_size), (value_size), (entries), FB_HERE_)

/* Writes or reads the value of a key: 0, or -1 with errno. */
int bpf_map_put(int map, const void *key, const void *value);
int bpf_map_get(int map, const void *key, void *value);

/* Runs a loaded program once on these bytes (BPF_PROG_TEST_RUN; a packet has 14 at least): what it returned. Skips when
 * the kernel cannot. */
#define bpf_run(program, bytes, size) fb_bpf_run((program), (bytes), (size), FB_HERE_)

int fb_bpf_load(int type, const struct bpf_insn *program, size_t count);
int fb_bpf_map(int type, unsigned key_size, unsigned value_size, unsigned entries, const char *location);
unsigned fb_bpf_run(int program, const void *bytes, unsigned size, const char *location);

#endif
