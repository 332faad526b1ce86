/*
 * firstbad/probe.h: everything that a probe needs.
 *
 * A probe is one small function that exercises one behaviour of the kernel and says what it saw:
 *
 *     #include <firstbad/probe.h>
 *     #include <sys/socket.h>
 *
 *     PROBE("net.socket-works", "an IPv4 stream socket can be had")
 *     {
 *         int fd = socket(AF_INET, SOCK_STREAM, 0);
 *         OBSERVE_ERRNO("errno", fd < 0 ? errno : 0);
 *         CHECK(fd >= 0);
 *         PASS();
 *     }
 *
 * It runs as root in a process of its own, in a guest booted for this run, with /proc, /sys, /dev and /tmp
 * mounted and lo up, and with standard output and error captured. When it ends, whatever it left running
 * is killed. It is linked statically with musl; no shell and no other program is there to be called.
 *
 * Every path through a probe ends in PASS, FAIL, SKIP or a check that does so. Coming to the closing brace
 * is refused by the compiler, so that a forgotten case cannot look like a pass.
 *
 * The rule that keeps a bisect honest: CHECK what you accuse the kernel of, REQUIRE what you only need.
 * A failed CHECK says "this kernel is bad"; a failed REQUIRE says "this kernel cannot tell".
 */
#ifndef FIRSTBAD_PROBE_H
#define FIRSTBAD_PROBE_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
#error "a probe is C; compile it as C"
#endif

/* ---- The heading of a probe -------------------------------------------------------------------- */

/*
 * PROBE(id, summary, attributes...) { body }
 *
 * id: "subsystem.what-it-is": lower-case words and digits parted by dots and hyphens, 64 bytes at most.
 * summary: one line that is true when the probe passes.
 * attributes: any of those below, in any order, parted by commas; up to 16. Numbers are plain literals.
 */
#define PROBE(id, summary, ...)                                                                        \
	FB_PROBE_(FB_CAT_(fb_probe_, __COUNTER__), id, summary, FB_EACH_(__VA_ARGS__))

/* A sysctl to set before the probe; the old value comes back afterwards. A name that this kernel does
 * not have makes the probe "unready": no verdict. SYSCTL("net.ipv4.tcp_syncookies", "0") */
#define SYSCTL(name, value) "sysctl=" name "=" value "\n"

/* A configuration symbol without which this probe cannot tell. NEEDS("CONFIG_INET"). The host looks it up before it
 * boots, so it belongs into the heading. */
#define NEEDS(symbol) "config=" symbol "\n"
#define REQUIRE_CONFIG(symbol) NEEDS(symbol)

/* A kernel module without which this probe cannot tell. MODULE("veth"): loaded, with what it depends on, before the
 * probe where the kernel has it as a module; nothing to do where it is built in. Nothing else loads one: mount(2) and
 * socket(2) do not find theirs by themselves. Beside it NEEDS("CONFIG_VETH") is for kernels that are built. */
#define MODULE(name) "module=" name "\n"

/* A CPU feature, in QEMU's spelling, that the guest's CPU must have, or must lack.
 * WITH_CPU("avx2"), WITHOUT_CPU("pku") */
#define WITH_CPU(feature) "cpu=+" feature "\n"
#define WITHOUT_CPU(feature) "cpu=-" feature "\n"

/* The machine: number of CPUs (1 to 64, default 1) and memory in MiB (32 to 65536, default 256).
 * CPUS(2), MEMORY_MIB(1024) */
#define CPUS(number) "cpus=" FB_STRING_(number) "\n"
#define MEMORY_MIB(number) "memory=" FB_STRING_(number) "\n"

/* How long the probe may take before it counts as hanging (up to an hour, default 10 s). The host
 * stretches it where guests are slow: threefold under emulation. TIMEOUT_MS(500), TIMEOUT_S(30) */
#define TIMEOUT_MS(number) "timeout=" FB_STRING_(number) "\n"
#define TIMEOUT_S(number) "timeout=" FB_STRING_(number) "000\n"

/* How often the probe must pass to be believed (1 to 1000): it is run so often in one boot, each time in a process and
 * in namespaces of its own, and is bad when one run is. REPEAT(20) */
#define REPEAT(number) "repeat=" FB_STRING_(number) "\n"

/* ---- Isolation: what a probe does is not seen by the next one ------------------------------------ */

/* A network of the probe's own: lo is up, nothing else is there, and net.* sysctls of the heading are set in it. */
#define PRIVATE_NETWORK "private=network\n"

/* A pid namespace of its own, with a /proc that shows it: the probe is process 2 below a process 1 that only
 * collects orphans. */
#define PRIVATE_PIDS "private=pids\n"

/* Limits for the probe and all its children, by a cgroup: MiB of memory (1 to 65536), and processes with their threads.
 * Beyond the first the kernel kills one of them (SIGKILL), beyond the second fork() says EAGAIN. A kernel that has no such
 * controller cannot tell. LIMIT_MEMORY_MIB(64), LIMIT_PIDS(100) */
#define LIMIT_MEMORY_MIB(number) "config=CONFIG_MEMCG\nlimit-memory=" FB_STRING_(number) "\n"
#define LIMIT_PIDS(number) "config=CONFIG_CGROUP_PIDS\nlimit-pids=" FB_STRING_(number) "\n"

/* Every probe has mounts of its own with a fresh /tmp, /run and /dev/shm. This one needs the guest's real ones, as
 * for pivot_root(2): what it mounts stays, and it finds what earlier ones left. */
#define REAL_MOUNTS "real=mounts\n"

/* ---- Results ----------------------------------------------------------------------------------- */

/* The behaviour is as it should be. */
#define PASS() fb_end(FB_PASS, FB_HERE_, "", 0, "%s", "")

/* It is not; printf-style words say what was seen. FAIL("admitted %d of %d", n, wanted); */
#define FAIL(...) fb_end(FB_FAIL, FB_HERE_, "", errno, __VA_ARGS__)

/* This kernel or machine cannot tell; printf-style words say why. */
#define SKIP(...) fb_end(FB_SKIP, FB_HERE_, "", errno, __VA_ARGS__)

/* ---- Checks: what the kernel is accused of ------------------------------------------------------ */

/* A condition that must hold. */
#define CHECK(condition)                                                                               \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		if (!(condition))                                                                      \
			fb_end(FB_FAIL, FB_HERE_, #condition, errno, "%s", "not true");                \
	} while (0)

/* Two values that must compare so. On failure both are reported. Integers, pointers to void, floating
 * point numbers; for strings there is CHECK_STR_EQ. */
#define CHECK_EQ(left, right) FB_COMPARE_(left, ==, right, #left " == " #right)
#define CHECK_NE(left, right) FB_COMPARE_(left, !=, right, #left " != " #right)
#define CHECK_LT(left, right) FB_COMPARE_(left, <, right, #left " < " #right)
#define CHECK_LE(left, right) FB_COMPARE_(left, <=, right, #left " <= " #right)
#define CHECK_GT(left, right) FB_COMPARE_(left, >, right, #left " > " #right)
#define CHECK_GE(left, right) FB_COMPARE_(left, >=, right, #left " >= " #right)
#define CHECK_STR_EQ(left, right)                                                                      \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		const char *fb_left = (left), *fb_right = (right);                                     \
		if (!fb_same_text(fb_left, fb_right))                                                  \
			fb_end(FB_FAIL, FB_HERE_, #left " is " #right, errno, "it is \"%s\", not \"%s\"", \
			       fb_left ? fb_left : "(null)", fb_right ? fb_right : "(null)");          \
	} while (0)

/* A call that must not return -1; gives what it returned. int fd = CHECK_OK(open(path, O_RDONLY));
 * Not for fopen(), opendir() and their kind, which return NULL: CHECK(file != NULL); nor for those that return
 * an errno (posix_*, pthread_*): CHECK_EQ(posix_fallocate(fd, 0, 1), 0). */
#define CHECK_OK(call) FB_CALL_(FB_FAIL, call, #call)

/* A call that must return -1 with this errno. CHECK_ERRNO(unlink("/nowhere"), ENOENT); */
#define CHECK_ERRNO(call, number)                                                                      \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		errno = 0;                                                                             \
		__auto_type fb_result_ = (call);                                                       \
		FB_RETURNS_MINUS_ONE_(fb_result_);                                                     \
		long fb_returned = (long)fb_result_;                                                   \
		int fb_errno = errno, fb_wanted = (number);                                            \
		if (fb_returned != -1)                                                                 \
			fb_end(FB_FAIL, FB_HERE_, #call " fails with " #number, 0, "returned %ld",     \
			       fb_returned);                                                           \
		if (fb_errno != fb_wanted)                                                             \
			fb_end(FB_FAIL, FB_HERE_, #call " fails with " #number, fb_errno,              \
			       "failed with %s", fb_errno_name(fb_errno));                             \
	} while (0)

/* An errno kept from a call, or 0, that must be this one; on failure the names of both are reported.
 * int error = errno_of(bind(...)); OBSERVE_ERRNO("errno", error); CHECK_ERRNO_IS(error, EADDRINUSE); */
#define CHECK_ERRNO_IS(error, number)                                                                  \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		int fb_errno = (error), fb_wanted = (number);                                          \
		if (fb_errno != fb_wanted)                                                             \
			fb_end(FB_FAIL, FB_HERE_, #error " is " #number, fb_errno, "it is %s",         \
			       fb_errno_name(fb_errno));                                               \
	} while (0)

/* ---- Requirements: what the probe only needs ---------------------------------------------------- */

/* A condition without which the probe cannot tell: skips with your words.
 * REQUIRE(cpus > 1, "one CPU cannot race"); */
#define REQUIRE(condition, ...)                                                                        \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		if (!(condition))                                                                      \
			SKIP(__VA_ARGS__);                                                             \
	} while (0)

/* A call without which the probe cannot tell; gives what it returned. */
#define REQUIRE_OK(call) FB_CALL_(FB_SKIP, call, #call)

/* ---- Observations: what was seen, whatever the result -------------------------------------------- */

/* A named value, an integer or a string. It is on the wire before OBSERVE returns, so it survives even the
 * kernel's death in the next line. `--changed NAME` compares it between kernels. */
#define OBSERVE(name, value)                                                                           \
	(FB_REACHED_(), _Generic((value), char *: fb_observe_text, const char *: fb_observe_text,                      \
		 float: fb_observe_floating, double: fb_observe_floating,                              \
		 unsigned long: fb_observe_unsigned, unsigned long long: fb_observe_unsigned,          \
		 default: fb_observe_integer)((name), (value)))

/* An exact number with its unit; kernels are compared by the number. OBSERVE_IN("stack", 8192, "bytes"); */
#define OBSERVE_IN(name, value, unit) (FB_REACHED_(), fb_observe_quantity((name), (value), (unit)))

/* How long something took, in nanoseconds: a number that is another one in each run, so two kernels are compared by
 * many runs of each: `--changed NAME:+50%`. kit.h has MEASURE for doing it many times. */
#define OBSERVE_DURATION(name, nanoseconds)                                                            \
	(FB_REACHED_(), fb_observe_samples((name), "ns", (const long long[]){(nanoseconds)}, 1, 1))

/* The name of an errno, or "0" for none. OBSERVE_ERRNO("errno", errno) says errno=ENOSPC. */
#define OBSERVE_ERRNO(name, number) (FB_REACHED_(), fb_observe_text((name), fb_errno_name(number)))

/* "ENOSPC" for 28; "0" for 0; "E4711" for a number without a name. */
const char *fb_errno_name(int number);

/* ---- Beneath: called by the macros above; a probe in another language calls these ---------------- */

enum fb_outcome { FB_PASS, FB_FAIL, FB_SKIP };

/* What a probe's function returns, were it ever to return. */
typedef struct { int never; } fb_result;

/* Reports and ends the calling process. location: "file.c:12"; check: the failed expression, or "". */
_Noreturn void fb_end(enum fb_outcome outcome, const char *location, const char *check, int number,
		      const char *format, ...) __attribute__((format(printf, 5, 6)));
/* The same for languages that cannot call a variadic function; of the location's path only the file counts. */
_Noreturn void fb_end_text(enum fb_outcome outcome, const char *location, const char *message);
/* Reports only; the process goes on. */
void fb_say_text(enum fb_outcome outcome, const char *location, const char *message);
void fb_observe_text(const char *name, const char *value);
void fb_observe_integer(const char *name, long long value);
void fb_observe_unsigned(const char *name, unsigned long long value);
void fb_observe_floating(const char *name, double value)
	__attribute__((error("OBSERVE takes an integer or a string: scale the number, as in microseconds")));
/* unit: "ns", "us", "ms" and "s" are shown as times; at most 16 bytes. */
void fb_observe_quantity(const char *name, long long value, const char *unit);
/* The samples of a measurement, in any order; up to 200 are reported, evenly chosen by their size. count: how many
 * there were, when not all were kept. */
void fb_observe_samples(const char *name, const char *unit, const long long *samples, int kept, long long count);
int fb_same_text(const char *left, const char *right);
/* What FB_REACHED_() is for C; both stay valid. */
void fb_reached(const char *file, int line);

/* So many hundredths the probe's deadline is of what it asks for: 300 under emulation. Waits of the kit are stretched alike. */
extern int fb_patience_percent;

/* A value of any simple type on its way into a message. */
struct fb_value { char text[48]; };
struct fb_value fb_signed(long long value);
struct fb_value fb_unsigned(unsigned long long value);
struct fb_value fb_floating(double value);
struct fb_value fb_pointer(const void *value);

/* One entry of the ELF section `fb_probes`. Documentation/ProbeABI.md */
#define FB_ABI 1
struct fb_probe {
	uint32_t abi;
	uint32_t reserved;
	const char *metadata;
	fb_result (*run)(void);
};

#define FB_PROBE_(name, id, summary, attributes)                                                       \
	static fb_result name(void);                                                                   \
	__attribute__((section("fb_metadata"), used, retain, aligned(1)))                              \
	static const char FB_CAT_(name, _metadata)[] =                                                 \
		"id=" id "\nsummary=" summary "\n" attributes;                                         \
	__attribute__((section("fb_probes"), used, retain, aligned(8)))                                \
	static const struct fb_probe FB_CAT_(name, _entry) = {                                         \
		FB_ABI, 0, FB_CAT_(name, _metadata), name                                              \
	};                                                                                             \
	static fb_result name(void)

#define FB_VALUE_(value)                                                                               \
	_Generic((value), float: fb_floating, double: fb_floating, void *: fb_pointer,                 \
		 const void *: fb_pointer, unsigned char: fb_unsigned, unsigned short: fb_unsigned,    \
		 unsigned int: fb_unsigned, unsigned long: fb_unsigned,                                \
		 unsigned long long: fb_unsigned, default: fb_signed)(value)

/* Integers are compared as numbers: C itself would turn -1 into a huge number beside an unsigned one, and
 * CHECK_GE(read(...), sizeof buffer) would pass when read() fails. */
#define FB_WIDE_(value)                                                                                \
	_Generic((value), float: fb_wide_floating, double: fb_wide_floating, void *: fb_wide_pointer,  \
		 const void *: fb_wide_pointer, default: fb_wide_integer)(value)
static inline __int128 fb_wide_integer(__int128 value) { return value; }
static inline double fb_wide_floating(double value) { return value; }
static inline uintptr_t fb_wide_pointer(const void *value) { return (uintptr_t)value; }

#define FB_COMPARE_(left, operator, right, words)                                                      \
	do {                                                                                           \
		FB_REACHED_();                                                                         \
		__auto_type fb_left = (left);                                                          \
		__auto_type fb_right = (right);                                                        \
		if (!(FB_WIDE_(fb_left) operator FB_WIDE_(fb_right))) {                                \
			int fb_errno = errno;                                                          \
			fb_end(FB_FAIL, FB_HERE_, words, fb_errno,                                     \
			       "%s " #operator " %s is false", FB_VALUE_(fb_left).text,                \
			       FB_VALUE_(fb_right).text);                                              \
		}                                                                                      \
	} while (0)

/* Refuses, when compiling, a pointer that cannot be MAP_FAILED; 5 is GCC's class of pointers. */
#define FB_RETURNS_MINUS_ONE_(value)                                                                   \
	_Static_assert(__builtin_classify_type(value) != 5 ||                                          \
			       __builtin_types_compatible_p(__typeof__(value), void *),                \
		       "this call returns NULL and not -1 on failure: CHECK(pointer != NULL)")

#define FB_CALL_(outcome, call, words)                                                                 \
	({                                                                                             \
		FB_REACHED_();                                                                         \
		errno = 0;                                                                             \
		__auto_type fb_returned = (call);                                                      \
		FB_RETURNS_MINUS_ONE_(fb_returned);                                                    \
		if ((long)fb_returned == -1) {                                                         \
			int fb_errno = errno;                                                          \
			fb_end(outcome, FB_HERE_, words, fb_errno, "failed with %s",                   \
			       fb_errno_name(fb_errno));                                               \
		}                                                                                      \
		fb_returned;                                                                           \
	})

/* Where a probe has come to, in memory that outlives it: a crash or a deadline says after which line. */
struct fb_place { const char *file; int line; };
extern volatile struct fb_place *fb_reached_place;
#define FB_REACHED_() ((void)(fb_reached_place->file = FB_HERE_))
#define FB_HERE_ __FILE_NAME__ ":" FB_STRING_(__LINE__)
#define FB_STRING_(text) FB_STRING2_(text)
#define FB_STRING2_(text) #text
#define FB_CAT_(left, right) FB_CAT2_(left, right)
#define FB_CAT2_(left, right) left##right

/* Puts up to 16 string literals side by side, without their commas. */
#define FB_EACH_(...)                                                                                  \
	FB_PICK_(0, ##__VA_ARGS__, FB_16_, FB_15_, FB_14_, FB_13_, FB_12_, FB_11_, FB_10_, FB_9_,      \
		 FB_8_, FB_7_, FB_6_, FB_5_, FB_4_, FB_3_, FB_2_, FB_1_, FB_0_)(__VA_ARGS__)
#define FB_PICK_(z, a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, chosen, ...) chosen
#define FB_0_() ""
#define FB_1_(x) x
#define FB_2_(x, ...) x FB_1_(__VA_ARGS__)
#define FB_3_(x, ...) x FB_2_(__VA_ARGS__)
#define FB_4_(x, ...) x FB_3_(__VA_ARGS__)
#define FB_5_(x, ...) x FB_4_(__VA_ARGS__)
#define FB_6_(x, ...) x FB_5_(__VA_ARGS__)
#define FB_7_(x, ...) x FB_6_(__VA_ARGS__)
#define FB_8_(x, ...) x FB_7_(__VA_ARGS__)
#define FB_9_(x, ...) x FB_8_(__VA_ARGS__)
#define FB_10_(x, ...) x FB_9_(__VA_ARGS__)
#define FB_11_(x, ...) x FB_10_(__VA_ARGS__)
#define FB_12_(x, ...) x FB_11_(__VA_ARGS__)
#define FB_13_(x, ...) x FB_12_(__VA_ARGS__)
#define FB_14_(x, ...) x FB_13_(__VA_ARGS__)
#define FB_15_(x, ...) x FB_14_(__VA_ARGS__)
#define FB_16_(x, ...) x FB_15_(__VA_ARGS__)

#endif
