/*
 * Can memory be had that even the kernel does not map?
 *
 * memfd_secret() came with Linux 5.14 but had to be switched on by secretmem.enable=1, since secret pages could stand in the
 * way of hibernation; since Linux 6.5 it is on. Without it the call is ENOSYS, as if it were not there.
 *
 * Source: manual page memfd_secret(2) of man-pages 6.20 ("Before Linux 6.5 ...").
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.secret-memory", "secret memory that can be had can be used")
{
	int fd = syscall(__NR_memfd_secret, 0);
	OBSERVE_ERRNO("errno", fd < 0 ? errno : 0);
	if (fd >= 0) {
		CHECK_OK(ftruncate(fd, 4096));
		char *secret = CHECK_OK(mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
		secret[0] = 42;
		CHECK_EQ(secret[0], 42);
		CHECK_NE(errno_of(write(fd, "x", 1)), 0);
	}
	PASS();
}
