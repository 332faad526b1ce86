/*
 * Does tmpfs hold user extended attributes?
 *
 * Only trusted.* and security.* could be set on tmpfs until 2023; later kernels keep user.* too; build tools and container
 * unpackers on /tmp rely on it.
 *
 * Source: commit title "tmpfs,xattr: enable limited user extended attributes" (2daf18a7884d).
 */
#include <firstbad/kit.h>
#include <sys/xattr.h>

PROBE("fs.tmpfs-user-xattr", "a user attribute that tmpfs takes can be read back", NEEDS("CONFIG_TMPFS"))
{
	int fd = REQUIRE_OK(open(temp_text("x"), O_RDWR)), error;
	char value[8] = "";
	error = errno_of(fsetxattr(fd, "user.colour", "red", 4, 0));
	OBSERVE_ERRNO("errno", error);
	if (error == 0) {
		CHECK_EQ(CHECK_OK(fgetxattr(fd, "user.colour", value, sizeof value)), 4);
		CHECK_STR_EQ(value, "red");
	} else {
		CHECK_EQ(error, EOPNOTSUPP);
	}
	PASS();
}
