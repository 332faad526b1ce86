/*
 * Does copy_file_range() copy from one file system to another, and from files of /proc?
 *
 * Between Linux 5.3 and 5.18 any two files would do, and copying from /proc, where files claim a size of 0, gave an empty copy
 * without an error. Since Linux 5.19 the two files must be of one kind of file system, and the generated files of /proc are
 * refused. cp, Go's io.Copy and Python's shutil all met it.
 *
 * Source: manual page copy_file_range(2) of man-pages 6.20; Debian's changelog: "vfs: fix copy_file_range()
 * regression in cross-fs copies" in 5.10.160.
 */
#include <firstbad/kit.h>
#include <sys/mman.h>

static int copy(const char *from, int to)
{
	int source = REQUIRE_OK(open(from, O_RDONLY));
	errno = 0;
	long copied = syscall(SYS_copy_file_range, source, 0, to, 0, 100, 0);
	int error = copied < 0 ? errno : 0;
	REQUIRE(error != ENOSYS, "this kernel has no copy_file_range()");
	/* Only a file that says it is empty may give nothing. */
	if (error == 0)
		CHECK_LE(copied, 100);
	close(source);
	return copied == 0 ? -1 : error;
}

PROBE("fs.copy-range-across", "copy_file_range() copies, or refuses with an errno")
{
	const char *text = temp_text("hello");
	int same = copy(text, temp_file());
	int other = copy(text, REQUIRE_OK(memfd_create("copy", 0)));
	int proc = copy("/proc/version", temp_file());
	OBSERVE_ERRNO("within-tmpfs", same);
	OBSERVE_ERRNO("to-memfd", other);
	OBSERVE("from-proc", proc < 0 ? "nothing" : fb_errno_name(proc));
	CHECK_EQ(same, 0);
	PASS();
}
