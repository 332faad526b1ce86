/*
 * What does pkey_alloc() say on a CPU that has no protection keys?
 *
 * pkey_alloc(2) names ENOSPC: no key is free, "or the processor lacks support". Stable series have said
 * EINVAL for years at a time instead and changed over within a series: 6.1.187 says EINVAL and 6.1.190
 * ENOSPC, 6.12.107 and 6.18.15 EINVAL, 6.12.117 and 7.2.13 ENOSPC. Programs that probe for the feature by errno saw the
 * difference. `errno` is the observation; `--changed errno` hunts it in either direction.
 *
 * Source: Debian's changelog: "[x86] pkeys: Fix pkey_alloc() return value when pkeys are not supported" in 6.1.188.
 */
#include <firstbad/probe.h>
#include <sys/syscall.h>
#include <unistd.h>

PROBE("mm.pkey-alloc-errno", "pkey_alloc() fails with ENOSPC where the CPU has no protection keys",
      WITHOUT_CPU("pku"))
{
	errno = 0;
	long key = syscall(SYS_pkey_alloc, 0, 0);
	int error = key < 0 ? errno : 0;
	OBSERVE_ERRNO("errno", error);
	REQUIRE(error != ENOSYS, "this kernel has no pkey_alloc()");
	REQUIRE(key < 0, "this CPU has protection keys");
	CHECK_EQ(error, ENOSPC);
	PASS();
}
