/*
 * What can userfaultfd do?
 *
 * The handshake UFFDIO_API gives a mask of features. Each part that was added (write protection of shared memory and of
 * hugetlbfs, minor faults, poisoning, moving pages) is a bit there, and live migration in QEMU or CRIU decides by it.
 *
 * Source: manual page userfaultfd(2) of man-pages 6.20 for minor faults and write protection; the masks are
 * measured.
 */
#include <firstbad/kit.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>

PROBE("mm.userfault-features", "userfaultfd tells its features", NEEDS("CONFIG_USERFAULTFD"))
{
	struct uffdio_api api = {.api = UFFD_API};
	char mask[24];
	int fd = REQUIRE_OK(syscall(SYS_userfaultfd, O_CLOEXEC));
	CHECK_OK(ioctl(fd, UFFDIO_API, &api));
	snprintf(mask, sizeof mask, "%#llx", (unsigned long long)api.features);
	OBSERVE("features", mask);
	/* Those of the first five years have never gone away. */
	CHECK_EQ(api.features & 0x1ff, 0x1ff);
	PASS();
}
