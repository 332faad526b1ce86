/*
 * Can a memfd be made that nobody can execute?
 *
 * Every memfd was created executable (mode 0777), which got code past a noexec policy. MFD_NOEXEC_SEAL (Linux 6.3) makes one of
 * mode 0666 whose mode cannot be changed; older kernels refuse the flag with EINVAL.
 *
 * Source: commit title "mm/memfd: add MFD_NOEXEC_SEAL and MFD_EXEC" (105ff5339f49, 6.3).
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("security.execute-sealed-memfd", "a memfd with MFD_NOEXEC_SEAL cannot be made executable",
      NEEDS("CONFIG_MEMFD_CREATE"))
{
	struct stat status;
	int fd = memfd_create("data", 8 /* MFD_NOEXEC_SEAL */);
	int error = fd < 0 ? errno : 0;
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		REQUIRE_OK(fstat(fd, &status));
		CHECK_EQ(status.st_mode & 0111, 0);
		CHECK_ERRNO(fchmod(fd, 0700), EPERM);
	} else {
		CHECK_EQ(error, EINVAL);
	}
	PASS();
}
