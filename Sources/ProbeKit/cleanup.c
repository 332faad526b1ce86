/* What is to be undone when a probe ends. */
#include "ProbeKit.h"

#include <firstbad/kit.h>

static struct { void (*function)(void *); void *pointer; } steps[256];
static int count;
static pid_t owner;

static void undo(void)
{
	/* A forked child inherits the list; what it undid would be missing in the probe. */
	if (getpid() != owner)
		return;
	while (count > 0) {
		count--;
		steps[count].function(steps[count].pointer);
	}
}

void at_end(void (*function)(void *), void *pointer)
{
	if (owner != getpid()) {
		owner = getpid();
		count = 0;
	}
	fb_before_end = undo;
	if (count == (int)(sizeof steps / sizeof *steps))
		SKIP("a probe may register %d clean-ups", count);
	steps[count].function = function;
	steps[count].pointer = pointer;
	count++;
}
