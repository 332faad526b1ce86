#include "CGuest.h"

#include <firstbad/probe.h>

/* The linker defines these when any object has the section; weak, for an image without probes. */
extern const struct fb_probe __start_fb_probes[] __attribute__((weak, visibility("hidden")));
extern const struct fb_probe __stop_fb_probes[] __attribute__((weak, visibility("hidden")));

int fb_probe_count(void)
{
	if (!__start_fb_probes)
		return 0;
	return (int)(__stop_fb_probes - __start_fb_probes);
}

const char *fb_probe_metadata(int index)
{
	const struct fb_probe *probe = &__start_fb_probes[index];
	return probe->abi == FB_ABI ? probe->metadata : 0;
}

fb_result fb_probe_call(int index);

fb_result fb_probe_call(int index) { return __start_fb_probes[index].run(); }
