/* What of ProbeKit's files the other ones use; probes see firstbad/kit.h. */
#ifndef FB_PROBE_KIT_H
#define FB_PROBE_KIT_H

#include <stddef.h>

/* In CGuest: tells the init what to put back after this probe, and waits until it knows. */
void fb_restore_later(const char *name, const char *value);
/* In CGuest: called by fb_end, in the process that set it. */
extern void (*fb_before_end)(void);

/* In CGuest: "SIGSEGV" for 11. */
const char *fb_signal_name(int number);

/* Writes a text in one write(2); 0 or an errno. */
int fb_put(const char *path, const char *text);

#endif
