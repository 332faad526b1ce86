/* Programs and maps of BPF, by bpf(2). */
#include "ProbeKit.h"

#include <errno.h>
#include <firstbad/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int command, union bpf_attr *attributes)
{
	return (int)syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static uint64_t address(const void *pointer) { return (uint64_t)(uintptr_t)pointer; }

int fb_bpf_load(int type, const struct bpf_insn *program, size_t count)
{
	static char log[16384];
	union bpf_attr attributes;
	memset(&attributes, 0, sizeof attributes);
	attributes.prog_type = (unsigned)type;
	attributes.insns = address(program);
	attributes.insn_cnt = (unsigned)count;
	attributes.license = address("GPL");
	int loaded = bpf(BPF_PROG_LOAD, &attributes);
	if (loaded >= 0)
		return loaded;
	/* Again, to be told why: a log that is too small for a good program would make it a bad one. */
	int error = errno;
	attributes.log_level = 1;
	attributes.log_buf = address(log);
	attributes.log_size = sizeof log;
	*log = 0;
	if ((loaded = bpf(BPF_PROG_LOAD, &attributes)) >= 0)
		close(loaded);
	if (*log)
		printf("the verifier says:\n%s\n", log);
	errno = error;
	return -1;
}

int fb_bpf_map(int type, unsigned key_size, unsigned value_size, unsigned entries, const char *location)
{
	union bpf_attr attributes;
	memset(&attributes, 0, sizeof attributes);
	attributes.map_type = (unsigned)type;
	attributes.key_size = key_size;
	attributes.value_size = value_size;
	attributes.max_entries = entries;
	int map = bpf(BPF_MAP_CREATE, &attributes);
	if (map < 0)
		fb_end(FB_SKIP, location, "", errno, "a map of type %d cannot be had: %s", type, fb_errno_name(errno));
	return map;
}

static int entry(int command, int map, const void *key, const void *value)
{
	union bpf_attr attributes;
	memset(&attributes, 0, sizeof attributes);
	attributes.map_fd = (unsigned)map;
	attributes.key = address(key);
	attributes.value = address(value);
	return bpf(command, &attributes);
}

int bpf_map_put(int map, const void *key, const void *value) { return entry(BPF_MAP_UPDATE_ELEM, map, key, value); }

int bpf_map_get(int map, const void *key, void *value) { return entry(BPF_MAP_LOOKUP_ELEM, map, key, value); }

unsigned fb_bpf_run(int program, const void *bytes, unsigned size, const char *location)
{
	union bpf_attr attributes;
	memset(&attributes, 0, sizeof attributes);
	attributes.test.prog_fd = (unsigned)program;
	attributes.test.data_in = address(bytes);
	attributes.test.data_size_in = size;
	attributes.test.repeat = 1;
	if (bpf(BPF_PROG_TEST_RUN, &attributes) < 0)
		fb_end(FB_SKIP, location, "", errno, "the program cannot be run: %s", fb_errno_name(errno));
	return attributes.test.retval;
}
