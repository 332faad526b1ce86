#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

int fb_loopback_up(const char *interface)
{
	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (control < 0)
		return -errno;
	struct ifreq request = {0};
	strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
	int error = 0;
	/* The kernel gives lo its addresses, 127.0.0.1 and ::1, when it comes up. */
	if (ioctl(control, SIOCGIFFLAGS, &request) < 0)
		error = errno;
	if (!error) {
		request.ifr_flags |= IFF_UP | IFF_RUNNING;
		if (ioctl(control, SIOCSIFFLAGS, &request) < 0)
			error = errno;
	}
	close(control);
	return -error;
}

int fb_identity(char release[65], char version[65], char machine[65])
{
	struct utsname name;
	if (uname(&name) < 0)
		return -errno;
	memcpy(release, name.release, 65);
	memcpy(version, name.version, 65);
	memcpy(machine, name.machine, 65);
	release[64] = version[64] = machine[64] = 0;
	return 0;
}

uint64_t fb_monotonic_milliseconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Asked for each probe: to walk there each time would take longer than the answer. */
enum { TAINTED, LOADS, FILES };
static int files[FILES] = {-1, -1};

/* What such a file says; how long it is, or -1. */
static long say(int which, const char *path, char text[64])
{
	if (files[which] < 0)
		files[which] = open(path, O_RDONLY | O_CLOEXEC);
	long size = pread(files[which], text, 63, 0);
	text[size < 0 ? 0 : size] = 0;
	return size > 0 ? size : -1;
}

long fb_taint(void)
{
	char text[64];
	return say(TAINTED, "/proc/sys/kernel/tainted", text) < 0 ? -1 : fb_decimal(text);
}

long fb_last_process(void)
{
	char text[64];
	long last = say(LOADS, "/proc/loadavg", text);
	/* Its last word. */
	while (last > 0 && text[last - 1] != ' ')
		last--;
	return last < 0 ? -1 : fb_decimal(text + last);
}

void fb_kernel_files_close(void)
{
	for (int i = 0; i < FILES; i++) {
		close(files[i]);
		files[i] = -1;
	}
}

int fb_processors(void)
{
	unsigned long set[16] = {0};
	int count = 0;
	syscall(SYS_sched_getaffinity, 0, sizeof set, set);
	for (size_t i = 0; i < sizeof set / sizeof *set; i++)
		count += __builtin_popcountl(set[i]);
	return count;
}

int fb_process_id(void) { return (int)getpid(); }

void fb_power_off(void)
{
	reboot(RB_POWER_OFF);
}

void fb_pause_for_ever(void)
{
	for (;;)
		pause();
}

void fb_on_new_page(void (*run)(void))
{
	char *rest = __builtin_alloca(((uintptr_t)__builtin_frame_address(0) & 4095) + 64);
	/* Twice, as otherwise it would be left out, or the call be a jump. */
	__asm__ volatile("" : : "r"(rest) : "memory");
	run();
	__asm__ volatile("" : : "r"(rest) : "memory");
}

const char *fb_signal_name(int number)
{
	/* The signals of signal(7) that can end or stop a process, by their numbers on this architecture. */
	static const struct { int number; const char *name; } names[] = {
		{SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
		{SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
		{SIGPIPE, "SIGPIPE"}, {SIGQUIT, "SIGQUIT"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},
		{SIGTERM, "SIGTERM"}, {SIGTRAP, "SIGTRAP"}, {SIGUSR1, "SIGUSR1"}, {SIGUSR2, "SIGUSR2"},
		{SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGVTALRM, "SIGVTALRM"}, {SIGPROF, "SIGPROF"},
		{SIGPOLL, "SIGPOLL"}, {SIGPWR, "SIGPWR"},   {SIGSTKFLT, "SIGSTKFLT"}, {SIGSTOP, "SIGSTOP"},
		{SIGTSTP, "SIGTSTP"}, {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"},
	};
	for (size_t row = 0; row < sizeof names / sizeof *names; row++)
		if (names[row].number == number)
			return names[row].name;
	return "SIG?";
}
