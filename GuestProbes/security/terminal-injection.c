/*
 * Can an ordinary user put keystrokes into its terminal's input?
 *
 * ioctl(TIOCSTI) fakes input on the controlling terminal, and was used to leave su and sandboxes. Linux 6.2 lets it be switched
 * off for everybody without CAP_SYS_ADMIN (CONFIG_LEGACY_TIOCSTI, dev.tty.legacy_tiocsti): EIO then. Screen readers and some
 * mail clients relied on it.
 *
 * Source: manual page TIOCSTI(2const) of man-pages 6.20 (dev.tty.legacy_tiocsti, since Linux 6.2).
 */
#include <firstbad/kit.h>
#include <sys/ioctl.h>

PROBE("security.terminal-injection", "TIOCSTI of an ordinary user works or is refused with EIO")
{
	REQUIRE_PATH("/dev/ptmx");
	int leader = REQUIRE_OK(open("/dev/ptmx", O_RDWR | O_NOCTTY)), number, unlock = 0;
	char path[32];
	REQUIRE_OK(ioctl(leader, TIOCSPTLCK, &unlock));
	REQUIRE_OK(ioctl(leader, TIOCGPTN, &number));
	snprintf(path, sizeof path, "/dev/pts/%d", number);
	/* The probe leads its session, so this becomes its controlling terminal. */
	int terminal = REQUIRE_OK(open(path, O_RDWR));
	become_nobody();
	int error = errno_of(ioctl(terminal, TIOCSTI, "x"));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == 0 || error == EIO);
	PASS();
}
