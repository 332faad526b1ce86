/* Measurements of a probe. */
#include "ProbeKit.h"

#include <firstbad/kit.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MOST = sizeof ((struct samples *)0)->values / sizeof(long long) };

long long now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int kept(const struct samples *samples) { return samples->count < MOST ? (int)samples->count : MOST; }

/* Beyond a thousand each is kept with the same chance (Vitter's algorithm R); the numbers are those of xorshift64,
 * from a fixed start, so that a run can be repeated. */
void sample(struct samples *samples, long long value)
{
	long long place = samples->count++;
	if (place >= MOST) {
		unsigned long long random = samples->state ? samples->state : 88172645463325252ULL;
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		samples->state = random;
		place = (long long)(random % (unsigned long long)samples->count);
	}
	if (place < MOST)
		samples->values[place] = value;
}

static int by_size(const void *left, const void *right)
{
	long long one = *(const long long *)left, other = *(const long long *)right;
	return (one > other) - (one < other);
}

long long percentile(const struct samples *samples, int percent)
{
	struct samples sorted = *samples;
	int count = kept(samples);
	if (count == 0)
		return 0;
	qsort(sorted.values, (size_t)count, sizeof *sorted.values, by_size);
	int rank = (count * percent + 99) / 100;
	return sorted.values[rank < 1 ? 0 : rank > count ? count - 1 : rank - 1];
}

void fb_observe_all(const char *name, const struct samples *samples, const char *unit)
{
	fb_observe_samples(name, unit, samples->values, kept(samples), samples->count);
}

int fb_measure(struct fb_measurement *measurement)
{
	long long now = now_ns();
	if (measurement->begun)
		sample(&measurement->samples, now - measurement->begun);
	if (measurement->samples.count >= measurement->wanted) {
		fb_observe_all(measurement->of, &measurement->samples, "ns");
		return 0;
	}
	/* What keeping a sample takes is not part of the next one. */
	measurement->begun = now_ns();
	return 1;
}
