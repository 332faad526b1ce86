/*
 * Does /proc/self/mem write to memory that is read-only?
 *
 * Writing there went past page protection since the beginning, for debuggers; exploits use it, too. Later kernels let it be
 * restricted by configuration or proc_mem.force_override=. The probe writes to a page that it has made read-only.
 *
 * Source: commit title "proc: add config & param to block forcing mem writes"; measured between 6.18 and 7.2, as
 * these kernels are configured.
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("security.write-own-code", "/proc/self/mem writes to read-only memory or refuses with EIO")
{
	char *page = REQUIRE_OK(mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	int memory = REQUIRE_OK(open("/proc/self/mem", O_RDWR));
	int error = errno_of(pwrite(memory, "x", 1, (off_t)(uintptr_t)page));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EIO);
	CHECK_EQ(page[0], error ? 0 : 'x');
	PASS();
}
