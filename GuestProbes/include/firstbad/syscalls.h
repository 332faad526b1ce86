/*
 * firstbad/syscalls.h: system calls that musl or the machine's kernel headers may be too old to name.
 *
 * The numbers are those of x86-64; since Linux 5.1 a new call has one number on all architectures (but alpha).
 */
#ifndef FIRSTBAD_SYSCALLS_H
#define FIRSTBAD_SYSCALLS_H

#include <firstbad/probe.h>
#include <linux/unistd.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Skips on a kernel without this call: REQUIRE_SYSCALL(memfd_secret). It is asked with arguments that no call takes. */
#define REQUIRE_SYSCALL(name)                                                                          \
	do {                                                                                           \
		errno = 0;                                                                             \
		if (syscall(__NR_##name, -1L, -1L, -1L, -1L, -1L, -1L) == -1 && errno == ENOSYS)       \
			SKIP("this kernel has no " #name "()");                                        \
	} while (0)

/* What a call answers: 0, or its errno. For observing: OBSERVE_ERRNO("errno", errno_of(close(-1))); What it returns may be
 * kept: int fd; errno_of(fd = open(...)). A result kept from before has no errno any more, and the probe skips;
 * so does one with a call that may return -1 without failing, such as getpriority(2). */
#define errno_of(call)                                                                                 \
	({                                                                                             \
		errno = 0;                                                                             \
		int fb_failed_ = (long)(call) == -1;                                                   \
		if (fb_failed_ && !errno)                                                              \
			SKIP("errno_of() takes the call itself, and not what it returned before");     \
		fb_failed_ ? errno : 0;                                                                \
	})

#ifndef __NR_pidfd_send_signal
#define __NR_pidfd_send_signal 424
#endif
#ifndef __NR_io_uring_setup
#define __NR_io_uring_setup 425
#endif
#ifndef __NR_open_tree
#define __NR_open_tree 428
#endif
#ifndef __NR_move_mount
#define __NR_move_mount 429
#endif
#ifndef __NR_fsopen
#define __NR_fsopen 430
#endif
#ifndef __NR_fsconfig
#define __NR_fsconfig 431
#endif
#ifndef __NR_fsmount
#define __NR_fsmount 432
#endif
#ifndef __NR_pidfd_open
#define __NR_pidfd_open 434
#endif
#ifndef __NR_clone3
#define __NR_clone3 435
#endif
#ifndef __NR_close_range
#define __NR_close_range 436
#endif
#ifndef __NR_openat2
#define __NR_openat2 437
#endif
#ifndef __NR_pidfd_getfd
#define __NR_pidfd_getfd 438
#endif
#ifndef __NR_faccessat2
#define __NR_faccessat2 439
#endif
#ifndef __NR_process_madvise
#define __NR_process_madvise 440
#endif
#ifndef __NR_epoll_pwait2
#define __NR_epoll_pwait2 441
#endif
#ifndef __NR_mount_setattr
#define __NR_mount_setattr 442
#endif
#ifndef __NR_landlock_create_ruleset
#define __NR_landlock_create_ruleset 444
#endif
#ifndef __NR_memfd_secret
#define __NR_memfd_secret 447
#endif
#ifndef __NR_process_mrelease
#define __NR_process_mrelease 448
#endif
#ifndef __NR_futex_waitv
#define __NR_futex_waitv 449
#endif
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_map_shadow_stack
#define __NR_map_shadow_stack 453
#endif
#ifndef __NR_futex_wake
#define __NR_futex_wake 454
#endif
#ifndef __NR_futex_wait
#define __NR_futex_wait 455
#endif
#ifndef __NR_statmount
#define __NR_statmount 457
#endif
#ifndef __NR_listmount
#define __NR_listmount 458
#endif
#ifndef __NR_lsm_get_self_attr
#define __NR_lsm_get_self_attr 459
#endif
#ifndef __NR_lsm_list_modules
#define __NR_lsm_list_modules 461
#endif
#ifndef __NR_mseal
#define __NR_mseal 462
#endif
#ifndef __NR_setxattrat
#define __NR_setxattrat 463
#endif
#ifndef __NR_getxattrat
#define __NR_getxattrat 464
#endif
#ifndef __NR_open_tree_attr
#define __NR_open_tree_attr 467
#endif
#ifndef __NR_file_getattr
#define __NR_file_getattr 468
#endif

#endif
