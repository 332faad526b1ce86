/*
 * Which of madvise()'s newer words does the kernel know?
 *
 * Allocators and language runtimes try an advice once and remember EINVAL. MADV_POPULATE_READ is of Linux 5.14,
 * MADV_DONTNEED_LOCKED of 5.18, MADV_COLLAPSE of 6.1, MADV_GUARD_INSTALL of 6.13.
 *
 * Source: manual page madvise(2) of man-pages 6.20; MADV_DONTNEED_LOCKED by measurement.
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.advice", "advice that is not known is refused with EINVAL")
{
	static const struct { const char *name; int advice; } words[] = {
		{"populate-read", 22}, {"dontneed-locked", 24}, {"guard-install", 102},
	};
	for (int i = 0; i < 3; i++) {
		char *memory = REQUIRE_OK(mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		int error = errno_of(madvise(memory, 8192, words[i].advice));
		OBSERVE_ERRNO(words[i].name, error);
		CHECK(error == 0 || error == EINVAL);
	}
	PASS();
}
