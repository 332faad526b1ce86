/* firstbad/swift.h: what a probe in Swift sees of C. Macros with arguments are not seen by Swift. */
#ifndef FIRSTBAD_SWIFT_H
#define FIRSTBAD_SWIFT_H

#include <firstbad/kit.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <time.h>

/* errno is a macro with a call in it. */
static inline int fb_last_errno(void) { return errno; }

#endif
