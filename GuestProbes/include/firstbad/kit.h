/*
 * firstbad/kit.h: what probes need besides the checks, so that a probe says only what it is about.
 *
 *     #include <firstbad/kit.h>
 *
 *     PROBE("net.close-with-data", "closing a socket with unread data resets the connection")
 *     {
 *         struct pair pair = tcp_pair();
 *         REQUIRE_OK(write(pair.client, "x", 1));
 *         close(pair.server);
 *         CHECK_ERRNO(read(pair.client, &(char){0}, 1), ECONNRESET);
 *         PASS();
 *     }
 *
 * Whatever here cannot be had ends the probe with SKIP, the reason and the line of the probe: the kernel "cannot
 * tell". What these functions make is taken away when the probe ends, last first, however it ends by a result.
 */
#ifndef FIRSTBAD_KIT_H
#define FIRSTBAD_KIT_H

#include <firstbad/files.h>
#include <firstbad/measure.h>
#include <firstbad/net.h>
#include <firstbad/process.h>
#include <firstbad/race.h>
#include <firstbad/syscalls.h>
#include <stdlib.h>

#endif
