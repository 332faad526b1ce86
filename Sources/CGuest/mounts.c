/* A mount namespace for one probe after another, for as long as none of them changes it. Making one and taking it down
 * costs more than all the rest of a trivial probe. */
#define _GNU_SOURCE
#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Fresh ones where the guest has them; a kernel without tmpfs has none to be fresh. */
static const char *const folders[] = {"/tmp", "/run", "/dev/shm"};
enum { COUNT = sizeof folders / sizeof *folders };

/* All of a folder that a probe can leave behind, but when it was last read. */
struct folder {
	dev_t device;
	mode_t mode;
	uid_t user;
	gid_t group;
	nlink_t links;
	off_t size;
	/* A huge page's where the file system takes such. */
	blksize_t unit;
	struct timespec modified, changed;
	uint64_t blocks, free_blocks, files, free_files, flags;
};

/* The namespace, and its table of mounts: poll(2) tells whether it has changed, of a descriptor from before any probe was
 * there, whatever is mounted where /proc was. */
static int kept = -1, table = -1;
static struct folder *before;
/* The folders themselves, each by a mount of its own that is nowhere: by the namespace's mounts they would be busy. */
static int views[COUNT] = {-1, -1, -1};
/* The init's own. */
static int home = -1;
/* Why it could not go back there, and is where a probe may have been. */
static int is_lost;

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

static int open_view(const char *path)
{
	/* open_tree(2) with OPEN_TREE_CLONE is in Linux 5.2 and later. */
	int tree = (int)syscall(428, AT_FDCWD, path, 1 | O_CLOEXEC);
	if (tree < 0)
		return -1;
	int view = openat(tree, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(tree);
	return view;
}

/* False where it cannot be told: what has attributes of its own is not compared, and taken for changed. */
static int look(int view, struct folder *folder)
{
	struct stat status;
	struct statfs system;
	char names[8];
	if (fstat(view, &status) < 0 || fstatfs(view, &system) < 0 || flistxattr(view, names, sizeof names) > 0)
		return 0;
	memset(folder, 0, sizeof *folder);
	folder->device = status.st_dev;
	folder->mode = status.st_mode;
	folder->user = status.st_uid;
	folder->group = status.st_gid;
	folder->links = status.st_nlink;
	folder->size = status.st_size;
	folder->unit = status.st_blksize;
	folder->modified = status.st_mtim;
	folder->changed = status.st_ctim;
	folder->blocks = system.f_blocks;
	folder->free_blocks = system.f_bfree;
	folder->files = system.f_files;
	folder->free_files = system.f_ffree;
	folder->flags = (uint64_t)system.f_flags;
	return 1;
}

static int is_untouched(void)
{
	struct pollfd changes = {.fd = table, .events = POLLPRI};
	if (poll(&changes, 1, 0) != 0)
		return 0;
	for (int i = 0; i < COUNT; i++) {
		struct folder folder;
		if (!look(views[i], &folder) || memcmp(&folder, &before[i], sizeof folder))
			return 0;
	}
	return 1;
}

static void drop(int *descriptor)
{
	if (*descriptor >= 0)
		close(*descriptor);
	*descriptor = -1;
}

void fb_mounts_drop(void)
{
	drop(&kept);
	drop(&table);
	for (int i = 0; i < COUNT; i++)
		drop(&views[i]);
}

/* Back among the init's own mounts. */
static void go_home(void)
{
	if (setns(home, CLONE_NEWNS) == 0)
		return;
	is_lost = errno;
	fb_mounts_drop();
}

static void open_kept(void)
{
	kept = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	table = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	if (!before)
		before = malloc(COUNT * sizeof *before);
	int is_known = kept >= 0 && table >= 0 && before;
	for (int i = 0; i < COUNT && is_known; i++) {
		views[i] = open_view(folders[i]);
		is_known = views[i] >= 0 && look(views[i], &before[i]);
	}
	if (!is_known)
		fb_mounts_drop();
}

int fb_mounts_keep(void)
{
	if (kept >= 0 || is_lost || getpid() != 1)
		return -is_lost;
	if (home < 0)
		home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	/* Without it each probe makes its own. */
	if (home < 0)
		return 0;
	if (fb_mounts_own(1) == 0)
		open_kept();
	go_home();
	return -is_lost;
}

int fb_mounts_enter(void)
{
	/* How mounts pass on what happens to them is the only thing that changes without a word. */
	return kept < 0 || setns(kept, CLONE_NEWNS) < 0 || make_private() < 0 ? -1 : 0;
}

void fb_mounts_check(void)
{
	if (kept >= 0 && !is_untouched())
		fb_mounts_drop();
}
