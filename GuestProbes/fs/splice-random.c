/*
 * Can /dev/urandom and /dev/zero be spliced and sent?
 *
 * When Linux 5.10 took set_fs() away, files without an iterator of their own lost splice() and sendfile(): EINVAL, where they
 * had worked for years. Drivers got the iterators back one by one; the random devices in 5.10.119 as well.
 *
 * Source: Debian's changelog: "random: wire up fops->splice_{read,write}_iter()" in 5.10.119; for zero and sysfs
 * measurement only.
 */
#include <firstbad/kit.h>
#include <sys/sendfile.h>

static int sent(const char *path, int to)
{
	int from = REQUIRE_OK(open(path, O_RDONLY));
	int error = errno_of(sendfile(to, from, 0, 64));
	close(from);
	return error;
}

PROBE("fs.splice-random", "sendfile() from a device works or is refused with EINVAL")
{
	int random = sent("/dev/urandom", temp_file()), zero = sent("/dev/zero", temp_file());
	int proc = sent("/proc/self/status", temp_file()), sys = sent("/sys/kernel/mm/transparent_hugepage/enabled", temp_file());
	OBSERVE_ERRNO("urandom", random);
	OBSERVE_ERRNO("zero", zero);
	OBSERVE_ERRNO("proc", proc);
	OBSERVE_ERRNO("sysfs", sys);
	CHECK(random == 0 || random == EINVAL);
	CHECK(zero == 0 || zero == EINVAL);
	PASS();
}
