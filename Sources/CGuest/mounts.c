/* A mount namespace for one probe after another, for as long as none of them changes it. Making one and taking it down
 * costs more than all the rest of a trivial probe.
 *
 * PID 1 is never in it, and neither makes it nor takes it down: what a probe mounted is unmounted with its namespace, and a
 * kernel that dies of that must not die of PID 1. Both are done by a helper, a process with the init's descriptors and a
 * memory of its own. */
#define _GNU_SOURCE
#include "CGuest.h"
#include "arena.h"

#include <errno.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

/* Fresh ones where the guest has them; a kernel without tmpfs has none to be fresh. */
static const char *const folders[] = {"/tmp", "/run", "/dev/shm"};
enum { COUNT = sizeof folders / sizeof *folders };

/* All of a folder that a probe can leave behind, but when it was last read; the device first. Of one type, to be compared as
 * such. */
struct folder {
	uint64_t facts[16];
};

/* Its descriptors. Of a table of mounts that was opened before any probe was there poll(2) tells whether it has changed: all
 * but what fsconfig(2) does. To read and compare its text would cost a third of a trivial probe. */
enum { NAMESPACE, TABLE, VIEWS, FILES = VIEWS + COUNT };

struct kept {
	int is_whole;
	/* This kernel cannot look at mounts from outside, so that each probe makes its own. */
	int is_hopeless;
	/* -1 where there is nothing. */
	int files[FILES];
	struct folder before[COUNT];
	struct timespec made;
};

/* What the init knows, in its pool. What its helpers say is in shared memory. */
static struct kept *kept;
_Static_assert(sizeof *kept <= FB_ARENA_HELPERS, "what the helpers say has room");
/* Of that what a probe's process needs. */
static int namespace = -1;
static struct timespec made;
static int is_shared;

void fb_fresh_folders(void)
{
	for (int i = 0; i < COUNT; i++)
		mount("tmpfs", folders[i], "tmpfs", MS_NOSUID, "mode=1777");
}

static int make_private(void) { return mount(0, "/", 0, MS_REC | MS_PRIVATE, 0); }

int fb_mounts_own(int is_fresh)
{
	/* Private even where a probe with the real mounts made them shared. */
	if (unshare(CLONE_NEWNS) < 0 || make_private() < 0)
		return -errno;
	if (is_fresh)
		fb_fresh_folders();
	return 0;
}

/* Opens something by a mount of its own that is nowhere: by the namespace's mount that would be busy for a probe's umount(2).
 * open_tree(2) with OPEN_TREE_CLONE is in Linux 5.2 and later. */
static int open_view(const char *mount, const char *file)
{
	int tree = (int)syscall(428, AT_FDCWD, mount, 1 | O_CLOEXEC);
	if (tree < 0)
		return -1;
	int view = openat(tree, file, O_RDONLY | O_CLOEXEC);
	close(tree);
	return view;
}

static int look(int view, struct folder *folder)
{
	struct stat status;
	struct statfs system;
	if (fstat(view, &status) < 0 || fstatfs(view, &system) < 0)
		return 0;
	*folder = (struct folder){{
		status.st_dev, status.st_mode, status.st_uid, status.st_gid, status.st_nlink, (uint64_t)status.st_size,
		(uint64_t)status.st_mtim.tv_sec, (uint64_t)status.st_mtim.tv_nsec,
		(uint64_t)status.st_ctim.tv_sec, (uint64_t)status.st_ctim.tv_nsec,
		system.f_blocks, system.f_bfree, system.f_files, system.f_ffree, (uint64_t)system.f_flags,
		/* Bytes of the names of its attributes; -1 where the file system has none. */
		(uint64_t)flistxattr(view, 0, 0),
	}};
	return 1;
}

/* musl's memcmp(3) goes byte by byte, which is what would cost most here. */
static int is_same(const struct folder *one, const struct folder *other)
{
	uint64_t differences = 0;
	for (size_t i = 0; i < sizeof one->facts / sizeof *one->facts; i++)
		differences |= one->facts[i] ^ other->facts[i];
	return !differences;
}

static int is_untouched(void)
{
	struct pollfd changes = {.fd = kept->files[TABLE], .events = POLLPRI};
	if (poll(&changes, 1, 0) != 0)
		return 0;
	for (int i = 0; i < COUNT; i++) {
		struct folder folder;
		if (!look(kept->files[VIEWS + i], &folder) || !is_same(&folder, &kept->before[i]))
			return 0;
	}
	return 1;
}

/* In the helper. */
static void let_go(struct kept *of)
{
	for (int i = 0; i < FILES; i++) {
		int descriptor = of->files[i];
		of->files[i] = -1;
		close(descriptor);
	}
}

/* In the helper. */
static void make(struct kept *new)
{
	if (fb_mounts_own(1) < 0)
		return;
	int *files = new->files;
	files[NAMESPACE] = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	files[TABLE] = open_view("/proc", "self/mountinfo");
	new->is_hopeless = files[TABLE] < 0 && errno == ENOSYS;
	int is_whole = files[TABLE] >= 0;
	for (int i = 0; i < COUNT && is_whole; i++) {
		files[VIEWS + i] = open_view(folders[i], ".");
		is_whole = look(files[VIEWS + i], &new->before[i]);
	}
	/* setns(2) leads to the top of what is mounted on "/", which a probe with the real mounts may have covered. */
	struct stat top;
	if (is_whole && setns(files[NAMESPACE], CLONE_NEWNS) == 0 && stat(folders[0], &top) == 0 &&
	    top.st_dev == new->before[0].facts[0])
		new->is_whole = clock_gettime(CLOCK_REALTIME_COARSE, &new->made) == 0;
	else
		let_go(new);
}

/* 4 s, under TCG 12 s, where a tmpfs of 20,000 files takes 0.6 s. Less than the host's grace. Who is not done then is found as a child that
 * does not die. */
static int patience(void) { return 40 * fb_patience_percent; }

/* Takes down the one there is, and makes a new one if it shall. */
static void renew(int is_new)
{
	namespace = -1;
	if (!kept) {
		kept = fb_pool_take(sizeof *kept);
		if (!kept)
			return;
		*kept = (struct kept){.files = {-1, -1, -1, -1, -1}};
	}
	kept->is_whole = 0;
	struct kept *told = (struct kept *)fb_arena->helpers;
	*told = *kept;
	pid_t helper = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
	if (helper == 0) {
		fb_port_forbid();
		let_go(told);
		if (is_new)
			make(told);
		_exit(0);
	}
	int status;
	if (helper > 0 && fb_await(helper, patience(), &status) >= 0)
		*kept = *told;
	else if (helper > 0)
		/* Whatever it still has or makes is its own; a number that it gives up may be another file's by then. */
		memset(kept->files, -1, sizeof kept->files);
	if (kept->is_whole) {
		namespace = kept->files[NAMESPACE];
		made = kept->made;
	}
}

static int is_there(void) { return kept && kept->is_whole; }

void fb_mounts_keep(void)
{
	if (is_shared && getpid() == 1 && !is_there() && !(kept && kept->is_hopeless))
		renew(1);
}

void fb_mounts_drop(void)
{
	if (is_there())
		renew(0);
}

void fb_mounts_share(int is_now)
{
	is_shared = is_now;
	if (!is_now)
		fb_mounts_drop();
}

int fb_mounts_check(void)
{
	if (!is_there() || is_untouched())
		return 0;
	renew(1);
	return 1;
}

int fb_mounts_are_open(void)
{
	if (namespace < 0)
		return 0;
	/* File times are no finer than this clock: what is changed in the tick in which a folder was made leaves no trace. */
	struct timespec now;
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return now.tv_sec != made.tv_sec || now.tv_nsec != made.tv_nsec;
}

int fb_mounts_enter(void)
{
	/* How mounts pass on what happens to them changes without an event. */
	return setns(namespace, CLONE_NEWNS) < 0 || make_private() < 0 ? -1 : 0;
}
