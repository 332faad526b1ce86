/*
 * Are the scheduler's knobs sysctls?
 *
 * kernel.sched_latency_ns, sched_min_granularity_ns and their like stood in /proc/sys, and tuning guides and tuned's profiles
 * set them. Linux 5.13 moved them to debugfs; with the EEVDF scheduler (6.6) most ceased to exist.
 *
 * Source: commit title "sched: Move SCHED_DEBUG sysctl to debugfs" (8a99b6833c88).
 */
#include <firstbad/kit.h>

PROBE("sysctl.scheduler-knobs", "kernel.sched_rr_timeslice_ms is a sysctl")
{
	OBSERVE("child-runs-first", access("/proc/sys/kernel/sched_child_runs_first", F_OK) == 0);
	OBSERVE("latency", access("/proc/sys/kernel/sched_latency_ns", F_OK) == 0);
	OBSERVE("debugfs-latency", access("/sys/kernel/debug/sched/latency_ns", F_OK) == 0);
	OBSERVE("debugfs-slice", access("/sys/kernel/debug/sched/base_slice_ns", F_OK) == 0);
	CHECK_OK(access("/proc/sys/kernel/sched_rr_timeslice_ms", F_OK));
	PASS();
}
