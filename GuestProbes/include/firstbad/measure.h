/* firstbad/measure.h: how long something takes, and other numbers of which one is not enough. See kit.h. */
#ifndef FIRSTBAD_MEASURE_H
#define FIRSTBAD_MEASURE_H

#include <firstbad/probe.h>

/* Nanoseconds of CLOCK_MONOTONIC. */
long long now_ns(void);

/* Numbers of one kind, up to a thousand; of more a random choice is kept. Begin with {0}.
 *
 *     struct samples waits = {0};
 *     for (...) sample(&waits, end - start);
 *     OBSERVE_SAMPLES("wait", &waits, "ns");
 */
struct samples {
	long long count;
	unsigned long long state;
	long long values[1000];
};

/* Adds one. */
void sample(struct samples *samples, long long value);

/* The sample that so many percent of all do not exceed: percentile(&waits, 99); of none 0. */
long long percentile(const struct samples *samples, int percent);

/* Reports them: the median is the observation's value, `--changed NAME:+50%` compares it between kernels, and
 * `--changed NAME.p99:+50%` the 99th percentile. */
#define OBSERVE_SAMPLES(name, samples, unit) fb_observe_all((name), (samples), (unit))

/* Runs the block so many times and reports how long each took, in nanoseconds:
 *
 *     MEASURE("connect", 200) {
 *         close(CHECK_OK(connect_to(&where)));
 *     }
 *
 * `continue` ends one round early, `break` all of it, and then nothing is reported. */
#define MEASURE(name, rounds)                                                                          \
	for (struct fb_measurement fb_measurement_ = {.of = (name), .wanted = (rounds)};               \
	     fb_measure(&fb_measurement_);)

/* The state of MEASURE. */
struct fb_measurement {
	const char *of;
	long wanted;
	long long begun;
	struct samples samples;
};
int fb_measure(struct fb_measurement *measurement);
void fb_observe_all(const char *name, const struct samples *samples, const char *unit);

#endif
