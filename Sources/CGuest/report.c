/* The init's side of the arena: reading what a probe's processes wrote. */
#include "CGuest.h"
#include "arena.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

struct fb_arena *fb_arena;
uint32_t fb_arena_mark;
static uint32_t next;

/* Odd, so that no mark comes again before all others, and large, so that the first ones are no small number. */
#define MARK_STEP 0x9E3779B1u

int fb_reports_reset(void)
{
	next = 0;
	if (fb_arena) {
		/* An earlier probe may have scribbled anywhere; its messages, and what looks like some, have another mark. To make all
		 * of it zero would be a thirtieth of a trivial probe's price. */
		fb_arena_mark += MARK_STEP;
		memset((void *)fb_arena, 0, offsetof(struct fb_arena, messages));
		return 0;
	}
	void *memory = mmap(0, sizeof *fb_arena, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return -errno;
	fb_arena = memory;
	fb_arena_mark = MARK_STEP;
	fb_reached_place = &fb_arena->place;
	return 0;
}

int fb_reports_next(struct fb_message *message)
{
	/* The writers are not trusted: a probe may scribble here, so every offset is checked against the
	 * arena and not against what it claims. */
	if (!fb_arena || next + sizeof(struct fb_arena_header) > FB_ARENA_MESSAGES)
		return 0;
	struct fb_arena_header *header = (struct fb_arena_header *)(fb_arena->messages + next);
	if (atomic_load(&header->ready) != fb_arena_mark)
		return 0;
	uint32_t size = header->size;
	if (next + sizeof *header + size > FB_ARENA_MESSAGES)
		return 0;
	message->kind = header->kind;
	message->bytes = (const char *)(header + 1);
	message->size = size;
	next += (sizeof *header + size + 7) & ~7u;
	return 1;
}

void fb_reports_acknowledge(void)
{
	if (fb_arena)
		atomic_store(&fb_arena->relayed, next);
}

void fb_reports_place(char *text, size_t size)
{
	/* The linker's; a probe may scribble on the place too, so only what lies in the program itself is read. */
	extern const char __executable_start[], _end[];
	const char *file = fb_arena ? fb_arena->place.file : 0;
	int line = fb_arena ? fb_arena->place.line : 0;
	*text = 0;
	if (file < __executable_start || file >= _end)
		return;
	size_t room = (size_t)(_end - file), length = strnlen(file, room < 256 ? room : 256);
	for (size_t i = 0; i < length; i++)
		if (file[length - 1 - i] == '/') {
			file += length - i;
			length = i;
			break;
		}
	if (line)
		snprintf(text, size, "%.*s:%d", (int)length, file, line);
	else
		snprintf(text, size, "%.*s", (int)length, file);
}

int fb_reports_dropped(void) { return fb_arena ? (int)atomic_load(&fb_arena->dropped) : 0; }
