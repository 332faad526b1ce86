/*
 * Does a container see net.core.rmem_max?
 *
 * The buffer limits are one for the whole machine. They were invisible in any network namespace but the first until they
 * became readable there; programs in containers that adapt to rmem_max found no file.
 *
 * Source: measurement only: between 6.1 and 6.12.
 */
#include <firstbad/kit.h>

PROBE("net.namespace-buffer-sysctls", "another network namespace may read the buffer limits but not write them",
      PRIVATE_NETWORK)
{
	int missing = access("/proc/sys/net/core/rmem_max", F_OK) != 0;
	OBSERVE("visible", !missing);
	if (!missing)
		CHECK_NE(write_errno("/proc/sys/net/core/rmem_max", "65536"), 0);
	PASS();
}
