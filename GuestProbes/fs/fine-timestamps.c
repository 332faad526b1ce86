/*
 * Do two writes close together get different times when somebody looks in between?
 *
 * A file's times come from the timer tick, so that a write, a stat() and another write within one tick left the same mtime,
 * and make and NFS saw no change. Later kernels give a file a fine-grained time when its last one was looked at
 * (multigrain timestamps), on tmpfs too. The probe writes and looks 200 times and says how many pairs were told apart: few, or
 * all.
 *
 * Source: commit title "tmpfs: add support for multigrain timestamps"; measured between 6.12 and 6.18.
 */
#include <firstbad/kit.h>

PROBE("fs.fine-timestamps", "time of change never goes back", NEEDS("CONFIG_TMPFS"))
{
	enum { ROUNDS = 200 };
	struct stat before, after;
	int fd = temp_file(), apart = 0;
	for (int round = 0; round < ROUNDS; round++) {
		REQUIRE_OK(pwrite(fd, "a", 1, 0));
		REQUIRE_OK(fstat(fd, &before));
		REQUIRE_OK(pwrite(fd, "b", 1, 0));
		REQUIRE_OK(fstat(fd, &after));
		CHECK(after.st_mtim.tv_sec > before.st_mtim.tv_sec ||
		      (after.st_mtim.tv_sec == before.st_mtim.tv_sec &&
		       after.st_mtim.tv_nsec >= before.st_mtim.tv_nsec));
		apart += after.st_mtim.tv_nsec != before.st_mtim.tv_nsec || after.st_mtim.tv_sec != before.st_mtim.tv_sec;
	}
	OBSERVE("apart", apart == ROUNDS ? "all" : "not all");
	PASS();
}
