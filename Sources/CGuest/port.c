#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

int fb_port_open(const char *path)
{
	/* Non-blocking: a host that stops reading must not stop the init. */
	int descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	struct termios mode;
	if (tcgetattr(descriptor, &mode) == 0) {
		cfmakeraw(&mode);
		tcsetattr(descriptor, TCSANOW, &mode);
	}
	return descriptor;
}

int fb_port_write(int descriptor, const void *bytes, size_t size, int milliseconds)
{
	const char *next = bytes;
	uint64_t limit = fb_monotonic_milliseconds() + (uint64_t)milliseconds;
	while (size > 0) {
		ssize_t written = write(descriptor, next, size);
		if (written > 0) {
			next += written;
			size -= (size_t)written;
		} else if (written < 0 && errno != EAGAIN && errno != EINTR) {
			return -errno;
		} else {
			struct pollfd port = {.fd = descriptor, .events = POLLOUT};
			poll(&port, 1, 20);
			if (fb_monotonic_milliseconds() > limit)
				return -ETIMEDOUT;
		}
	}
	/* What the driver still buffers is lost when the kernel dies. tcdrain() has no limit, so ask instead;
	 * under QEMU one question is enough (0.02 ms), on other ports ENOTTY ends the loop at once. */
	int queued = 0;
	while (ioctl(descriptor, TIOCOUTQ, &queued) == 0 && queued > 0) {
		if (fb_monotonic_milliseconds() > limit)
			return -ETIMEDOUT;
		sched_yield();
	}
	return 0;
}
