/* firstbad/race.h: several threads or processes at once, and steps in an order. See kit.h. */
#ifndef FIRSTBAD_RACE_H
#define FIRSTBAD_RACE_H

#include <firstbad/probe.h>

/* What one of the racers knows. */
struct racer {
	int number;  /* 0, 1, ... */
	long round;  /* its rounds before this one */
	void *data;  /* what race() was given */
};

/* Calls a function in several threads or processes, again and again; all begin at once. Gives how many rounds were made
 * together.
 *
 *     static void body(struct racer *self) { CHECK_OK(...); }
 *
 *     race(body, .threads = 4, .milliseconds = 500);
 *     race(body, .processes = 2, .rounds = 1000, .together = 1, .data = &file);
 *
 * threads or processes: how many; two threads when nothing is said. rounds, milliseconds: when to stop, whichever comes
 * first; 200 ms when nothing is said. together: all wait for each other before every round, and not only before the
 * first. A check that fails in any of them fails the probe at once; so does a racing process that is killed by a
 * signal. A body that does not come back is the probe's timeout. CPUS(2) in the heading lets two run at the same time. */
#define race(body, ...) fb_race((body), (struct fb_race){__VA_ARGS__}, FB_HERE_)

/* Steps in a given order, for the processes and threads of one probe. Made before they are begun:
 *
 *     struct steps *steps = new_steps();
 *     if (child() == 0) {
 *         STEP(steps, 1) { listen_somewhere(); }
 *         STEP(steps, 3) { close_it(); }
 *         _exit(0);
 *     }
 *     STEP(steps, 2) { connect_there(); }
 *     await_step(steps, 3);
 */
struct steps;
#define new_steps() fb_new_steps(FB_HERE_)

/* Runs the block when the step before it is done, and then says that this one is. Steps count from 1. A step that is not
 * done within ten seconds ends who waits for it with SKIP, as the probe itself is at fault. */
#define STEP(steps, number)                                                                            \
	for (int fb_step_ = fb_step_begin((steps), (number), FB_HERE_); fb_step_;                      \
	     fb_step_ = fb_step_end((steps), (number)))

/* Waits until a step is done. */
#define await_step(steps, number) fb_await_step((steps), (number), FB_HERE_)

struct fb_race {
	int threads, processes;
	long rounds;
	int milliseconds;
	int together;
	void *data;
};
long fb_race(void (*body)(struct racer *), struct fb_race race, const char *location);
struct steps *fb_new_steps(const char *location);
int fb_step_begin(struct steps *steps, int number, const char *location);
int fb_step_end(struct steps *steps, int number);
void fb_await_step(struct steps *steps, int number, const char *location);

#endif
