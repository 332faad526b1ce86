/*
 * Can the lower layers of an overlay be given one by one?
 *
 * A long list of layers does not fit into one option of mount(2), and container engines had to resort to symbolic links.
 * Since Linux 6.7 fsconfig() takes "lowerdir+", once for each layer. Before that the option is unknown, which the overlay of
 * 6.1 says when it is made and that of 6.5 and 6.6 at once.
 *
 * Source: commit title "ovl: add support for appending lowerdirs one by one" (24e16e385f22).
 */
#include <firstbad/kit.h>
#include <linux/mount.h>
#include <sys/syscall.h>

static int set(int context, unsigned command, const char *name, const char *value)
{
	return errno_of(syscall(__NR_fsconfig, context, command, name, value, 0));
}

PROBE("fs.overlay-layers-singly", "an overlay that takes its lower layers one by one shows them all",
      MODULE("overlay"), NEEDS("CONFIG_OVERLAY_FS"))
{
	char path[128];
	const char *layers[] = {temp_folder(), temp_folder()};
	for (int index = 0; index < 2; index++) {
		snprintf(path, sizeof path, "%s/file%d", layers[index], index);
		close(REQUIRE_OK(open(path, O_CREAT | O_WRONLY, 0600)));
	}
	int context = REQUIRE_OK(syscall(__NR_fsopen, "overlay", 0));
	int error = set(context, FSCONFIG_SET_STRING, "lowerdir+", layers[0]);
	if (error == 0)
		error = set(context, FSCONFIG_SET_STRING, "lowerdir+", layers[1]);
	if (error == 0)
		error = set(context, FSCONFIG_CMD_CREATE, 0, 0);
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		int tree = CHECK_OK(syscall(__NR_fsmount, context, 0, 0));
		CHECK_EQ(errno_of(faccessat(tree, "file0", F_OK, 0)), 0);
		CHECK_EQ(errno_of(faccessat(tree, "file1", F_OK, 0)), 0);
	}
	PASS();
}
