/* Every object of Swift's is allocated by posix_memalign(3), mostly with an alignment that malloc(3) gives anyway; musl's
 * goes a long way round for it, which is an eighth of what the init does for a probe. */
#include <errno.h>
#include <stdlib.h>

/* In the guest; tests on the host leave theirs as it is. */
#ifndef __GLIBC__
int posix_memalign(void **place, size_t alignment, size_t size)
{
	if (alignment < sizeof(void *) || alignment & (alignment - 1))
		return EINVAL;
	/* What musl aligns everything to. */
	void *memory = alignment <= 16 ? malloc(size) : aligned_alloc(alignment, size);
	if (!memory)
		return ENOMEM;
	*place = memory;
	return 0;
}
#endif
