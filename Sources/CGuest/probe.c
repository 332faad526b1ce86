/* The probe's side: what the macros of probe.h call. */
#include "CGuest.h"
#include "arena.h"

#include <ProbeKit.h>
#include <firstbad/probe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int fb_doorbell = -1;
uint64_t fb_doorbell_node;
static struct fb_place nowhere;
volatile struct fb_place *fb_reached_place = &nowhere;

void fb_reached(const char *file, int line)
{
	fb_reached_place->file = file;
	fb_reached_place->line = line;
}
void (*fb_before_end)(void);

/* Appends a message of NUL-ended fields; its end offset, or 0 when there was no room. */
static uint32_t append(int kind, uint32_t limit, const char *const *fields, int count)
{
	uint32_t size = 0;
	for (int i = 0; i < count; i++)
		size += (uint32_t)strlen(fields[i]) + 1;
	uint32_t whole = ((uint32_t)sizeof(struct fb_arena_header) + size + 7) & ~7u;
	/* Reserve with a compare-and-swap: a reservation that does not fit must not leave a gap. */
	uint32_t start = atomic_load(&fb_arena->used);
	do {
		if (size > UINT16_MAX || start + whole > limit) {
			atomic_fetch_add(&fb_arena->dropped, 1);
			return 0;
		}
	} while (!atomic_compare_exchange_weak(&fb_arena->used, &start, start + whole));
	struct fb_arena_header *header = (struct fb_arena_header *)(fb_arena->messages + start);
	header->kind = (uint16_t)kind;
	header->size = (uint16_t)size;
	char *to = (char *)(header + 1);
	for (int i = 0; i < count; i++) {
		size_t length = strlen(fields[i]) + 1;
		memcpy(to, fields[i], length);
		to += length;
	}
	atomic_store(&header->ready, fb_arena_mark);
	return start + whole;
}

static void observe(int kind, const char *const *fields, int count)
{
	int saved = errno;
	uint32_t end = append(kind, FB_ARENA_MESSAGES - FB_ARENA_RESERVED, fields, count);
	/* Wait until it is on the wire: the next line of the probe may kill the kernel. A probe that closed
	 * the doorbell, or an init that is busy, costs at most 200 ms. */
	struct stat file;
	if (end && fstat(fb_doorbell, &file) == 0 && S_ISFIFO(file.st_mode) && file.st_ino == fb_doorbell_node &&
	    write(fb_doorbell, "!", 1) == 1) {
		struct timespec moment = {0, 200000};
		for (int i = 0; i < 1000 && atomic_load(&fb_arena->relayed) < end; i++)
			nanosleep(&moment, 0);
	}
	errno = saved;
}

void fb_observe_text(const char *name, const char *value)
{
	observe(FB_MESSAGE_OBSERVED_TEXT, (const char *[]){name, value ? value : "(null)"}, 2);
}

void fb_observe_integer(const char *name, long long value)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%lld", value);
	observe(FB_MESSAGE_OBSERVED_INTEGER, (const char *[]){name, digits}, 2);
}

void fb_restore_later(const char *name, const char *value)
{
	observe(FB_MESSAGE_RESTORE, (const char *[]){name, value ? value : "(null)"}, 2);
}

void fb_observe_unsigned(const char *name, unsigned long long value)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%llu", value);
	/* The wire's integers are signed; what does not fit travels as text. */
	observe(value > INT64_MAX ? FB_MESSAGE_OBSERVED_TEXT : FB_MESSAGE_OBSERVED_INTEGER,
		(const char *[]){name, digits}, 2);
}

void fb_observe_quantity(const char *name, long long value, const char *unit)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%lld", value);
	observe(FB_MESSAGE_OBSERVED_QUANTITY, (const char *[]){name, unit, digits}, 3);
}

int fb_patience_percent = 100;

void fb_set_patience(int percent) { fb_patience_percent = percent; }

static int by_size(const void *left, const void *right)
{
	long long one = *(const long long *)left, other = *(const long long *)right;
	return (one > other) - (one < other);
}

void fb_observe_samples(const char *name, const char *unit, const long long *samples, int kept, long long count)
{
	enum { MOST = 200, DIGITS = 21 };
	char text[MOST * DIGITS + 1] = "", number[24];
	if (kept <= 0)
		return;
	long long *sorted = malloc((size_t)kept * sizeof *sorted);
	if (!sorted)
		fb_end(FB_SKIP, "", "", ENOMEM, "no memory for %d samples of %s", kept, name);
	memcpy(sorted, samples, (size_t)kept * sizeof *sorted);
	qsort(sorted, (size_t)kept, sizeof *sorted, by_size);
	int said = kept < MOST ? kept : MOST;
	char *end = text;
	for (int i = 0; i < said; i++) {
		long place = said == 1 ? 0 : (long)i * (kept - 1) / (said - 1);
		end += sprintf(end, "%s%lld", i ? " " : "", sorted[place]);
	}
	free(sorted);
	snprintf(number, sizeof number, "%lld", count > said ? count : said);
	observe(FB_MESSAGE_OBSERVED_SAMPLES, (const char *[]){name, unit, number, text}, 4);
}

static const char *const words[] = {[FB_PASS] = "pass", [FB_FAIL] = "fail", [FB_SKIP] = "skip"};

void fb_say_text(enum fb_outcome outcome, const char *location, const char *message)
{
	const char *file = strrchr(location, '/');
	char shortened[512];
	snprintf(shortened, sizeof shortened, "%s", message);
	const char *fields[] = {words[outcome], shortened, "", file ? file + 1 : location, ""};
	append(FB_MESSAGE_END, FB_ARENA_MESSAGES, fields, 5);
}

_Noreturn void fb_end(enum fb_outcome outcome, const char *location, const char *check, int number,
		      const char *format, ...)
{
	char message[512], shortened[256];
	va_list values;
	va_start(values, format);
	/* Most probes pass, and say nothing: printf(3) then costs another page of stack. */
	message[0] = 0;
	if (*format)
		vsnprintf(message, sizeof message, format, values);
	va_end(values);
	size_t size = strnlen(check, sizeof shortened - 1);
	memcpy(shortened, check, size);
	shortened[size] = 0;
	const char *fields[] = {words[outcome], message, shortened, location, number ? fb_errno_name(number) : ""};
	append(FB_MESSAGE_END, FB_ARENA_MESSAGES, fields, 5);
	/* Said first: a clean-up that hangs or crashes does not take the result along. */
	if (fb_before_end)
		fb_before_end();
	fflush(0);
	_exit(outcome == FB_PASS ? 0 : 1);
}

_Noreturn void fb_end_text(enum fb_outcome outcome, const char *location, const char *message)
{
	const char *file = strrchr(location, '/');
	fb_end(outcome, file ? file + 1 : location, "", 0, "%s", message);
}

int fb_same_text(const char *left, const char *right)
{
	return left && right ? strcmp(left, right) == 0 : left == right;
}

static struct fb_value value(const char *format, ...)
{
	struct fb_value result;
	va_list values;
	va_start(values, format);
	vsnprintf(result.text, sizeof result.text, format, values);
	va_end(values);
	return result;
}

struct fb_value fb_signed(long long number) { return value("%lld", number); }
struct fb_value fb_unsigned(unsigned long long number) { return value("%llu", number); }
struct fb_value fb_floating(double number) { return value("%g", number); }
struct fb_value fb_pointer(const void *address) { return value("%p", address); }
