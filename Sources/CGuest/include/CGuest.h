/*
 * The syscalls that the Swift init needs, one shim each, and the probes that are linked in.
 *
 * Swift imports neither variadic functions nor most of what the kernel's headers define as macros; that,
 * fork and the memory shared with a forked child are the reasons for C here. Unless said otherwise a
 * function returns 0 or more on success and -errno on failure.
 */
#ifndef FB_CGUEST_H
#define FB_CGUEST_H

#include <stddef.h>
#include <stdint.h>

/* ---- files.c ---- */
int fb_mount(const char *source, const char *target, const char *type, const char *options);
int fb_make_directory(const char *path);
int fb_make_device(const char *path, int major, int minor);
int fb_remove(const char *path);
/* Bytes in a regular file; 0 for the files of /proc, which do not say. */
long fb_file_size(const char *path);
/* Reads at most `size` bytes of a file; the number read. */
long fb_read_file(const char *path, void *bytes, size_t size);
/* Writes to a file that must exist already: never creates one. */
int fb_write_existing(const char *path, const void *bytes, size_t size);
/* Opens the kernel's log and keeps it, as a probe may take /dev away; 0 or -errno. */
int fb_log_open(const char *path);
/* Writes one message to it. */
int fb_log_write(const void *bytes, size_t size);
/* Lets the console show messages below this level again, whatever a probe or the command line said. */
void fb_console_level(int level);
/* Makes descriptors 0, 1 and 2 those of the path. */
int fb_open_standard(const char *path);

/* The decimal number at the beginning of a text that the kernel wrote. */
long fb_decimal(const char *text);

/* ---- machine.c ---- */
int fb_loopback_up(const char *interface);
/* Fields of uname(2), each NUL-terminated and at most 65 bytes. */
int fb_identity(char release[65], char version[65], char machine[65]);
uint64_t fb_monotonic_milliseconds(void);
int fb_process_id(void);
/* /proc/sys/kernel/tainted; -1 where it cannot be read. */
long fb_taint(void);
/* The number of the process or thread that was made last, of all there are (/proc/loadavg); -1 where that cannot be read. */
long fb_last_process(void);
/* The files of these two stay open; this lets go of /proc. */
void fb_kernel_files_close(void);
/* How many processors run, as far as this process may use them. */
int fb_processors(void);
void fb_power_off(void);
/* Calls this where a page of the stack begins, so that what is called does with as few of them as it can: a fork makes the
 * next write to each of them dear. */
void fb_on_new_page(void (*run)(void));
void fb_pause_for_ever(void) __attribute__((noreturn));
const char *fb_signal_name(int number);
const char *fb_errno_text(int number);

/* ---- pool.c ---- */
/* From here on the init's objects lie in memory that is its own, and of which its children have nothing. For PID 1 of a guest. */
void fb_pool_open(void);
/* So many bytes, aligned to 16; 0 where there is no pool, in a child, for more than it gives at once, and when it is full. */
void *fb_pool_take(size_t size);
/* Takes them back; 0 when they are not the pool's. */
int fb_pool_give(void *memory);
/* In a child: from here on it has none. */
void fb_pool_leave(void);

/* ---- module.c ---- */
/* finit_module(2) in a process of its own, which may take so long; -EFAULT when the kernel killed it, -ETIMEDOUT when
 * it is still at it. */
int fb_module_load(const char *path, int milliseconds);

/* ---- port.c: the line that records leave on ---- */
/* Opens a terminal device raw; the descriptor. */
int fb_port_open(const char *path);
/* Writes all bytes and waits until they have left the kernel's buffer, at most `milliseconds`. */
int fb_port_write(int descriptor, const void *bytes, size_t size, int milliseconds);
/* In a child: gives up what the init may do with I/O ports. */
void fb_port_forbid(void);

/* ---- registry.c: the probes linked into this image ---- */
int fb_probe_count(void);
/* The metadata text of a probe, or NULL when its entry is not of our ABI. */
const char *fb_probe_metadata(int index);

/* ---- child.c: one probe in a process of its own ---- */
/* What a probe and its children may have of the guest; 0: as much as there is. */
struct fb_limits {
	int memory_mebibytes;
	int processes;
};
struct fb_child {
	int process;
	int output; /* read end of its standard output and error */
	/* The write ends stay open here too, so that the last writer's death is no event of its own: only SIGCHLD wakes. */
	int output_end;
	int doorbell; /* readable when it reported something */
	int doorbell_end;
	struct fb_limits limits;
};
/* What the child does before the probe's function is called. */
enum fb_isolation {
	FB_PRIVATE_MOUNTS = 1, /* a copy of the mounts, with fresh /tmp, /run and /dev/shm */
	FB_PRIVATE_PIDS = 2    /* a pid namespace, with a /proc of its own */
};
/* By how much the waits of a probe are stretched, in hundredths; 100 before. */
void fb_set_patience(int percent);
int fb_child_start(int index, int isolation, struct fb_limits limits, struct fb_child *child);
/* Sleeps until output, a report or the death of a process, at most `milliseconds`. */
void fb_child_wait(const struct fb_child *child, int milliseconds);
/* Lets go of what was the child's. */
void fb_child_close(struct fb_child *child);
/* Waits for the death of a child, at most so long, and kills it then: 1 when it ended by itself, 0 when it was killed, and
 * -ETIMEDOUT when it does not die of that. */
int fb_await(int process, int milliseconds, int *status);
/* Reaps one dead process without waiting: its pid, 0 when none is dead, -ECHILD when there is none at all. */
int fb_reap(int *status);
int fb_status_exited(int status);
int fb_status_code(int status);
int fb_status_signal(int status);
/* As PID 1: kills every process but this one. Otherwise: kills the group and the children of this process,
 * which adopts what its children leave behind (see fb_adopt_orphans). */
void fb_kill_all(int group);
void fb_adopt_orphans(void);

/* ---- pipes.c ---- */
/* Before a child is born: sees to its pipes. */
int fb_pipes_open(struct fb_child *child);
/* Afterwards. */
void fb_pipes_leave(void);
/* Takes the rings away that are heard by now. */
void fb_doorbell_quieten(void);
/* Reads captured output without waiting; 0 when there is none now. */
long fb_child_output(const struct fb_child *child, void *bytes, size_t size);
/* Reads and throws away what is there now, a megabyte at the most; how much. */
long fb_child_discard(const struct fb_child *child);

/* ---- isolation.c: namespaces of one probe ---- */
/* Moves this process into a network of its own, and back into the one it came from. */
int fb_network_enter(void);
int fb_network_leave(void);
/* In the child: ends it with a skip, as this cannot be had; errno says why. */
void fb_refused(const char *what);
/* In the child: carries out the flags of fb_isolation; what cannot be had ends it with a skip. */
void fb_isolate(int isolation);
/* Becomes an ordinary user's root in namespaces where nothing of the machine can be changed; see isolation.c. */
int fb_shelter(void);

/* ---- mounts.c: a mount namespace for one probe after another, until one of them changes it ---- */
/* Moves this process into mounts of its own; fresh: with empty /tmp, /run and /dev/shm. */
int fb_mounts_own(int is_fresh);
void fb_fresh_folders(void);
/* In the init: whether there shall be such a namespace from now on. */
void fb_mounts_share(int is_shared);
/* In the init, before a child is born: sees to it that there is one, if that can be. */
void fb_mounts_keep(void);
/* In the init, right before a child is born: whether it may go there. */
int fb_mounts_are_open(void);
/* In the child: goes there; -1 when that cannot be. */
int fb_mounts_enter(void);
/* In the init, when all of the child is dead: makes a new one unless it is as it was; 1 when it had to, whether it could
 * or not. */
int fb_mounts_check(void);
/* In the init: what it is a copy of may change. */
void fb_mounts_drop(void);

/* ---- limits.c: a cgroup of one probe ---- */
/* In the child: moves it into a group with these limits; what cannot be had ends it with a skip. */
void fb_limit(const struct fb_limits *limits);
/* Afterwards, when all of this child is dead: takes its group away. */
void fb_limit_lift(const struct fb_limits *limits, int process);

/* ---- report.c: what the child says, in shared memory so that it survives whatever the child does ---- */
enum fb_message_kind {
	FB_MESSAGE_OBSERVED_INTEGER = 1,
	FB_MESSAGE_OBSERVED_TEXT = 2,
	FB_MESSAGE_END = 3,
	FB_MESSAGE_RESTORE = 4,
	FB_MESSAGE_OBSERVED_QUANTITY = 5,
	FB_MESSAGE_OBSERVED_SAMPLES = 6
};
struct fb_message {
	int kind;
	const char *bytes; /* fields, each ended by a NUL */
	size_t size;
};
/* Empty shared memory for the next child. No process of an earlier one may be left. */
int fb_reports_reset(void);
/* The next whole message: 1, or 0 when there is none now. */
int fb_reports_next(struct fb_message *message);
/* Tells the child that everything read so far is on the wire. */
void fb_reports_acknowledge(void);
/* `file.c:12`, the last check, requirement or observation that the child came to, or "". */
void fb_reports_place(char *text, size_t size);
/* Messages that found no room. */
int fb_reports_dropped(void);

#endif
