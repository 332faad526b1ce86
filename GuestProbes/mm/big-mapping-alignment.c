/*
 * Is a big anonymous mapping aligned for huge pages?
 *
 * mmap() gave any page-aligned address, so that the first and last part of a big block never became a huge page. Later kernels
 * place anonymous mappings of 2 MiB and more at a multiple of 2 MiB, which made some programs faster and let others run out of
 * their cache's associativity. Of 32 mappings of 4 MiB, with a page between, all are aligned or few.
 *
 * Source: commit title "mm: align larger anonymous mappings on THP boundaries" (efa7df3e3bb5).
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

PROBE("mm.big-mapping-alignment", "big anonymous mappings are aligned to pages",
      NEEDS("CONFIG_TRANSPARENT_HUGEPAGE"))
{
	enum { COUNT = 32, HUGE = 2 << 20 };
	int aligned = 0;
	for (int i = 0; i < COUNT; i++) {
		REQUIRE_OK(mmap(0, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		uintptr_t address = (uintptr_t)CHECK_OK(mmap(0, 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
		CHECK_EQ(address % 4096, 0);
		aligned += address % HUGE == 0;
	}
	OBSERVE("aligned", aligned == COUNT ? "all" : "not all");
	PASS();
}
