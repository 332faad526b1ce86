/* The two pipes between the init and a probe: what it prints, and the bell that it rings when it has put something into the
 * arena. The bell is one for all. To keep the other, too, would save a twentieth of a trivial probe; but locks, owner, signal
 * and hints hang on an open file, and the next probe must not find what the last one made of them. */
#define _GNU_SOURCE
#include "CGuest.h"
#include "arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Read end and write end. */
static int doorbell[2] = {-1, -1};
static int output[2] = {-1, -1};

static int open_output(void)
{
	if (pipe2(output, O_CLOEXEC) < 0)
		return -errno;
	fcntl(output[0], F_SETFL, O_NONBLOCK);
	return 0;
}

void fb_pipes_leave(void)
{
	close(output[0]);
	close(output[1]);
}

static int open_doorbell(void)
{
	if (doorbell[0] >= 0)
		return fcntl(doorbell[1], F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
	struct stat file;
	if (pipe2(doorbell, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	if (fstat(doorbell[1], &file) == 0)
		fb_doorbell_node = file.st_ino;
	return 0;
}

int fb_pipes_open(struct fb_child *child)
{
	int ready = open_doorbell();
	if (ready == 0)
		ready = open_output();
	if (ready < 0)
		return ready;
	/* A bell that is full does not ring. */
	fb_doorbell_quieten();
	child->output = output[0];
	child->output_end = output[1];
	child->doorbell = doorbell[0];
	child->doorbell_end = doorbell[1];
	return 0;
}

void fb_doorbell_quieten(void)
{
	/* All that a pipe holds, and no more: who rings for ever must not keep the init from the deadline. */
	char rung[4096];
	for (int i = 0; i < 16 && read(doorbell[0], rung, sizeof rung) == sizeof rung; i++)
		;
}

long fb_child_output(const struct fb_child *child, void *bytes, size_t size)
{
	ssize_t got = read(child->output, bytes, size);
	return got < 0 ? 0 : (long)got;
}

long fb_child_discard(const struct fb_child *child)
{
	/* On the stack, as all static data that is written to should be one page: the next child gets a copy of each. */
	char nothing[4096];
	long dropped = 0, got;
	for (int i = 0; i < 256 && (got = fb_child_output(child, nothing, sizeof nothing)) > 0; i++)
		dropped += got;
	return dropped;
}
