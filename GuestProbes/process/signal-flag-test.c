/*
 * Can a program find out which flags sigaction() knows?
 *
 * Unknown flags were stored and read back as if they meant something, so nobody could ask. Since Linux 5.11 bits that the kernel
 * does not know are cleared in what sigaction() reports, SA_UNSUPPORTED being one that never will be known.
 *
 * Source: manual page sigaction(2) of man-pages 6.20 (SA_UNSUPPORTED, since Linux 5.11).
 */
#include <firstbad/kit.h>

struct kernel_action { void *handler; unsigned long flags; void *restorer; unsigned long mask; };

PROBE("process.signal-flag-test", "sigaction() keeps the flags that it knows")
{
	enum { UNSUPPORTED = 0x400 };
	struct kernel_action set = {.handler = SIG_DFL, .flags = SA_RESTART | UNSUPPORTED}, got = {0};
	CHECK_OK(syscall(SYS_rt_sigaction, SIGUSR1, &set, NULL, 8));
	CHECK_OK(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &got, 8));
	OBSERVE("unknown-kept", (got.flags & UNSUPPORTED) != 0);
	CHECK((got.flags & SA_RESTART) != 0);
	PASS();
}
