#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static int result(long returned) { return returned < 0 ? -errno : (int)returned; }

int fb_mount(const char *source, const char *target, const char *type, const char *options)
{
	return result(mount(source, target, type, MS_NOSUID, options));
}

int fb_make_directory(const char *path) { return result(mkdir(path, 0755)); }

int fb_make_device(const char *path, int major, int minor)
{
	return result(mknod(path, S_IFCHR | 0600, makedev(major, minor)));
}

int fb_remove(const char *path) { return result(unlink(path)); }

long fb_file_size(const char *path)
{
	struct stat status;
	return stat(path, &status) < 0 ? -errno : (long)status.st_size;
}

long fb_read_file(const char *path, void *bytes, size_t size)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	size_t have = 0;
	while (have < size) {
		ssize_t got = read(descriptor, (char *)bytes + have, size - have);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int error = errno;
			close(descriptor);
			return -error;
		}
		if (got == 0)
			break;
		have += (size_t)got;
	}
	close(descriptor);
	return (long)have;
}

int fb_write_existing(const char *path, const void *bytes, size_t size)
{
	/* Without O_CREAT: on a misspelt name this must fail, even where /proc is not mounted. */
	int descriptor = open(path, O_WRONLY | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	/* One write: the kernel takes a sysctl's text whole or not at all. */
	ssize_t written = write(descriptor, bytes, size);
	int error = written < 0 ? errno : (size_t)written == size ? 0 : EIO;
	close(descriptor);
	return -error;
}

int fb_open_standard(const char *path)
{
	int descriptor = open(path, O_RDWR | O_NOCTTY);
	if (descriptor < 0)
		return -errno;
	for (int target = 0; target < 3; target++)
		if (dup2(descriptor, target) < 0)
			return -errno;
	if (descriptor > 2)
		close(descriptor);
	return 0;
}

static int kernel_log = -1;

int fb_log_open(const char *path)
{
	kernel_log = open(path, O_WRONLY | O_CLOEXEC);
	return kernel_log < 0 ? -errno : 0;
}

int fb_log_write(const void *bytes, size_t size) { return result(write(kernel_log, bytes, size)); }

void fb_console_level(int level) { klogctl(8, 0, level); }

long fb_decimal(const char *text)
{
	long number = 0;
	while (*text >= '0' && *text <= '9')
		number = number * 10 + (*text++ - '0');
	return number;
}
