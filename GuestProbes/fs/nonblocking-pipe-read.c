/*
 * Does preadv2(RWF_NOWAIT) work on a pipe?
 *
 * The flag asks one read not to wait, whatever the descriptor's own flags. Pipes refused it with EOPNOTSUPP until they learnt
 * it for io_uring; on an empty pipe the answer is EAGAIN then.
 *
 * Source: commit title "pipe: set FMODE_NOWAIT on pipes" (afed6271f5b0).
 */
#include <firstbad/kit.h>
#include <sys/uio.h>

PROBE("fs.nonblocking-pipe-read", "RWF_NOWAIT on an empty pipe does not wait", TIMEOUT_S(5))
{
	int ends[2];
	char byte;
	struct iovec piece = {&byte, 1};
	REQUIRE_OK(pipe(ends));
	int error = errno_of(syscall(SYS_preadv2, ends[0], &piece, 1, -1L, -1L, 8 /* RWF_NOWAIT */));
	OBSERVE_ERRNO("errno", error);
	CHECK(error == EAGAIN || error == EOPNOTSUPP);
	PASS();
}
