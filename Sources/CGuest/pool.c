/* Where the init of a guest keeps its objects: memory of which a probe's process gets no copy. What a fork does not copy is
 * neither faulted in when the init writes to it next, nor taken down with the process; under emulation that was a fifth
 * of a trivial probe. No stray pointer of a probe reaches it either. */
#define _GNU_SOURCE
#include "CGuest.h"

#include <sys/mman.h>

/* A block's order is the power of two of its size, this head included. */
struct block {
	_Alignas(16) size_t order;
	struct block *next;
};

enum { SMALLEST = 5, LARGEST = 16, ROOM = 16 << 20 };

/* At the beginning of the room, and not static: what a probe's process and the init both write to should be one page. */
struct pool {
	char *unused;
	struct block *returned[LARGEST + 1];
	struct block first[];
};

static struct pool *pool;

static char *end(void) { return (char *)pool + ROOM; }

void fb_pool_open(void)
{
	void *memory = mmap(0, ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return;
	/* A kernel without CONFIG_ADVISE_SYSCALLS copies it, and all is as well, but slower. */
	madvise(memory, ROOM, MADV_DONTFORK);
	/* Only what is touched becomes memory, and not two megabytes of it at once. */
	madvise(memory, ROOM, MADV_NOHUGEPAGE);
	pool = memory;
	pool->unused = (char *)pool->first;
}

/* What is mapped there from now on, such as what malloc(3) takes, is not the pool's. */
void fb_pool_leave(void) { pool = 0; }

void *fb_pool_take(size_t size)
{
	if (!pool || size > (1u << LARGEST) - sizeof(struct block))
		return 0;
	size_t order = SMALLEST;
	while (size + sizeof(struct block) > (size_t)1 << order)
		order++;
	struct block *block = pool->returned[order];
	if (block) {
		pool->returned[order] = block->next;
		return block + 1;
	}
	if ((size_t)(end() - pool->unused) < (size_t)1 << order)
		return 0;
	block = (struct block *)pool->unused;
	pool->unused += (size_t)1 << order;
	block->order = order;
	return block + 1;
}

int fb_pool_give(void *memory)
{
	if (!pool || (char *)memory < (char *)pool || (char *)memory >= end())
		return 0;
	struct block *block = (struct block *)memory - 1;
	block->next = pool->returned[block->order];
	pool->returned[block->order] = block;
	return 1;
}
