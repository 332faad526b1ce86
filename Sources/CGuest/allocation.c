/* Every object of Swift's is allocated by posix_memalign(3), mostly with an alignment that malloc(3) gives anyway, and given
 * back by free(3). The init's come from its pool; a probe's from musl, as all that C allocates. */

#include "CGuest.h"

#include <errno.h>
#include <stdlib.h>

/* In the guest; tests on the host leave theirs as it is. */
#ifndef __GLIBC__
/* What musl's own free() calls, and nothing else. */
void __libc_free(void *memory);

int posix_memalign(void **place, size_t alignment, size_t size)
{
	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	/* What musl, too, aligns everything to. */
	void *memory = alignment <= 16 ? fb_pool_take(size) : 0;
	if (!memory)
		memory = alignment <= 16 ? malloc(size) : aligned_alloc(alignment, size);
	if (!memory)
		return ENOMEM;
	*place = memory;
	return 0;
}

void free(void *memory)
{
	if (!fb_pool_give(memory))
		__libc_free(memory);
}
#endif
