/* Racing threads and processes, and steps in an order. */
#include "ProbeKit.h"

#include <errno.h>
#include <firstbad/kit.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#define SKIP_AT(location, ...) fb_end(FB_SKIP, (location), "", errno, __VA_ARGS__)

enum { MOST = 256, STEP_LIMIT_MS = 10000 };

/* Shared with children: what is mapped privately they would only have copies of. */
static void *shared(size_t size, const char *location)
{
	void *memory = mmap(0, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		SKIP_AT(location, "no memory to share with children: %s", fb_errno_name(errno));
	return memory;
}

/* ---- Races -------------------------------------------------------------------------------------- */

struct course {
	_Atomic int arrived;
	_Atomic int generation; /* how often all have met */
	_Atomic int isOver;
	_Atomic long rounds;
	_Atomic long long until; /* nanoseconds; set by the last who arrives first */
};

struct runner {
	struct racer racer;
	void (*body)(struct racer *);
	const struct fb_race *race;
	struct course *course;
	int all;
};

/* The last one to arrive decides for all whether it is over, so that nobody waits for one who has stopped. */
static int meet(struct runner *runner)
{
	struct course *course = runner->course;
	int generation = atomic_load(&course->generation);
	if (atomic_fetch_add(&course->arrived, 1) + 1 == runner->all) {
		long long now = now_ns();
		if (!atomic_load(&course->until))
			atomic_store(&course->until, now + runner->race->milliseconds * 1000000LL);
		else if (now >= atomic_load(&course->until))
			atomic_store(&course->isOver, 1);
		atomic_store(&course->arrived, 0);
		atomic_fetch_add(&course->generation, 1);
	} else {
		while (atomic_load(&course->generation) == generation && !atomic_load(&course->isOver))
			sched_yield();
	}
	return !atomic_load(&course->isOver);
}

static void *run(void *pointer)
{
	struct runner *runner = pointer;
	const struct fb_race *race = runner->race;
	struct racer *self = &runner->racer;
	if (!meet(runner))
		return 0;
	while (!race->rounds || self->round < race->rounds) {
		if (self->round > 0 && race->together && !meet(runner))
			break;
		if (!race->together && now_ns() >= atomic_load(&runner->course->until))
			break;
		runner->body(self);
		self->round++;
		atomic_fetch_add(&runner->course->rounds, 1);
	}
	return 0;
}

static void race_threads(struct runner *runners, int count, const char *location)
{
	pthread_t threads[MOST];
	for (int i = 0; i < count; i++) {
		int error = pthread_create(&threads[i], 0, run, &runners[i]);
		if ((errno = error))
			SKIP_AT(location, "a thread cannot be had: %s", fb_errno_name(error));
	}
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], 0);
}

static void race_processes(struct runner *runners, int count, const char *location)
{
	pid_t processes[MOST];
	fflush(0);
	for (int i = 0; i < count; i++) {
		processes[i] = fork();
		if (processes[i] < 0)
			SKIP_AT(location, "fork() fails: %s", fb_errno_name(errno));
		if (processes[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			run(&runners[i]);
			_exit(0);
		}
	}
	for (int left = count; left > 0; usleep(500)) {
		for (int i = 0; i < count; i++) {
			int status;
			if (!processes[i] || waitpid(processes[i], &status, WNOHANG) != processes[i])
				continue;
			processes[i] = 0;
			left--;
			if (status == 0)
				continue;
			for (int other = 0; other < count; other++)
				if (processes[other])
					kill(processes[other], SIGKILL);
			if (WIFSIGNALED(status))
				fb_end(FB_FAIL, location, "", 0, "racer %d was killed by %s", i,
				       fb_signal_name(WTERMSIG(status)));
			if (WEXITSTATUS(status) != 1)
				fb_end(FB_FAIL, location, "", 0, "racer %d exited with %d", i,
				       WEXITSTATUS(status));
			/* It has said why, and a failed check counts for more than this. */
			fb_end(FB_SKIP, location, "", 0, "racer %d ended the race", i);
		}
	}
}

long fb_race(void (*body)(struct racer *), struct fb_race race, const char *location)
{
	int count = race.processes ? race.processes : race.threads ? race.threads : 2;
	if (count < 1 || count > MOST || (race.processes && race.threads))
		SKIP_AT(location, "a race takes 1 to %d threads, or processes", MOST);
	if (!race.rounds && !race.milliseconds)
		race.milliseconds = 200;
	/* By rounds alone: the probe's own deadline is the limit. */
	if (!race.milliseconds)
		race.milliseconds = 24 * 3600 * 1000;
	struct course *course = shared(sizeof *course, location);
	struct runner runners[MOST];
	for (int i = 0; i < count; i++)
		runners[i] = (struct runner){{i, 0, race.data}, body, &race, course, count};
	if (race.processes)
		race_processes(runners, count, location);
	else
		race_threads(runners, count, location);
	long rounds = atomic_load(&course->rounds);
	munmap(course, sizeof *course);
	return rounds;
}

/* ---- Steps -------------------------------------------------------------------------------------- */

struct steps { _Atomic int done; };

struct steps *fb_new_steps(const char *location) { return shared(sizeof(struct steps), location); }

void fb_await_step(struct steps *steps, int number, const char *location)
{
	if (!wait_until(atomic_load(&steps->done) >= number, STEP_LIMIT_MS))
		fb_end(FB_SKIP, location, "", 0, "step %d was not done within %d s; the last one done is %d", number,
		       STEP_LIMIT_MS / 1000, atomic_load(&steps->done));
}

int fb_step_begin(struct steps *steps, int number, const char *location)
{
	fb_await_step(steps, number - 1, location);
	if (atomic_load(&steps->done) >= number)
		fb_end(FB_SKIP, location, "", 0, "step %d is done already", number);
	return 1;
}

int fb_step_end(struct steps *steps, int number)
{
	atomic_store(&steps->done, number);
	return 0;
}
