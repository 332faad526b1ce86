/* firstbad/swift.h: what a probe in Swift sees of C. Macros with arguments and functions of a variable number of
 * arguments are not seen by Swift; Kit.swift and Calls.swift have their like. A header that is not here:
 * `/// #include <sys/fanotify.h>` in the probe's file. */
#ifndef FIRSTBAD_SWIFT_H
#define FIRSTBAD_SWIFT_H

#include <dirent.h>
#include <firstbad/kit.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>

/* errno is a macro with a call in it. */
static inline int fb_last_errno(void) { return errno; }
static inline void fb_clear_errno(void) { errno = 0; }

static inline int fb_open(const char *path, int flags, mode_t mode) { return open(path, flags, mode); }
static inline int fb_fcntl(int fd, int command, long argument) { return fcntl(fd, command, argument); }
static inline int fb_ioctl(int fd, unsigned long request, void *argument) { return ioctl(fd, (int)request, argument); }
static inline int fb_prctl(int what, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return prctl(what, a, b, c, d);
}
/* By value: of a union within a struct Swift gives a pointer to a copy of one member only. */
static inline int fb_bind(int socket, struct address to) { return bind(socket, &to.any, to.size); }
static inline int fb_connect(int socket, struct address to) { return connect(socket, &to.any, to.size); }
static inline long fb_send_to(int socket, const void *bytes, size_t size, int flags, struct address to)
{
	return sendto(socket, bytes, size, flags, &to.any, to.size);
}
static inline long fb_syscall(long number, long a, long b, long c, long d, long e, long f)
{
	return syscall(number, a, b, c, d, e, f);
}

#endif
