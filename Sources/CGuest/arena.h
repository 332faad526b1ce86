/* The memory that the init and a probe's processes share. */
#ifndef FB_ARENA_H
#define FB_ARENA_H

#include <firstbad/probe.h>
#include <stdatomic.h>
#include <stdint.h>

#define FB_ARENA_MESSAGES 61440
/* Observations leave this much room, so that a result always fits. */
#define FB_ARENA_RESERVED 4096
#define FB_ARENA_HELPERS 1024

struct fb_arena_header {
	_Atomic uint32_t ready; /* set last, to the arena's mark, when the message is whole */
	uint16_t kind;
	uint16_t size;
};

struct fb_arena {
	_Atomic uint32_t used;     /* bytes handed out to writers */
	_Atomic uint32_t relayed;  /* bytes that the init has put on the wire */
	_Atomic uint32_t dropped;  /* messages without room */
	struct fb_place place;     /* see probe.h */
	char messages[FB_ARENA_MESSAGES];
	/* What the init's own helpers tell it, while no probe lives. */
	_Alignas(16) char helpers[FB_ARENA_HELPERS];
};

/* The arena of the present child, the mark of its messages, and the write end of its doorbell; set before fork. */
extern struct fb_arena *fb_arena;
extern uint32_t fb_arena_mark;
extern int fb_doorbell;
/* What it is known by: a probe that closed it may have another file of that number. */
extern uint64_t fb_doorbell_node;

#endif
