#include "CGuest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <poll.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

/* The I/O ports of the 16550A behind the open device; 0: the kernel's driver is to write. */
static unsigned short uart;

static unsigned char in(unsigned short offset)
{
	unsigned char value;
	__asm__ volatile("inb %1, %0" : "=a"(value) : "d"((unsigned short)(uart + offset)));
	return value;
}

/* Where the kernel lets us the init writes to the UART itself. The verdict's way is then hardly a part of the kernel that is
 * judged; and under emulation the driver's interrupts cost more than the bytes. */
static void take_uart(int descriptor)
{
	struct serial_struct about;
	uart = 0;
	if (ioctl(descriptor, TIOCGSERIAL, &about) < 0 || about.type != PORT_16550A || about.io_type != SERIAL_IO_PORT ||
	    syscall(SYS_iopl, 3) < 0)
		return;
	uart = (unsigned short)about.port;
	if ((in(2 /* IIR */) & 0xc0) == 0xc0 /* its FIFO is on */)
		return;
	fb_port_forbid();
	uart = 0;
}

void fb_port_forbid(void)
{
	if (uart)
		syscall(SYS_iopl, 0);
}

int fb_port_open(const char *path)
{
	/* Non-blocking: a host that stops reading must not stop the init. */
	int descriptor = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (descriptor < 0)
		return -errno;
	struct termios mode;
	if (tcgetattr(descriptor, &mode) == 0) {
		cfmakeraw(&mode);
		tcsetattr(descriptor, TCSANOW, &mode);
	}
	/* The kernel's own words and the records share a console; only its driver keeps their lines whole. */
	if (getpid() == 1 && strcmp(path, "/dev/console"))
		take_uart(descriptor);
	return descriptor;
}

static int wait_for_line(unsigned char status, uint64_t limit)
{
	while ((in(5 /* LSR */) & status) != status) {
		if (fb_monotonic_milliseconds() > limit)
			return -ETIMEDOUT;
		sched_yield();
	}
	return 0;
}

/* As the driver does it, without its interrupt for each. */
static int fill(const char *next, size_t size, uint64_t limit)
{
	while (size > 0) {
		int late = wait_for_line(0x20 /* THRE: its FIFO of 16 is empty */, limit);
		if (late)
			return late;
		size_t count = size < 16 ? size : 16;
		size -= count;
		__asm__ volatile("rep outsb" : "+S"(next), "+c"(count) : "d"(uart) : "memory");
	}
	return wait_for_line(0x40 /* TEMT: all is out */, limit);
}

int fb_port_write(int descriptor, const void *bytes, size_t size, int milliseconds)
{
	const char *next = bytes;
	uint64_t limit = fb_monotonic_milliseconds() + (uint64_t)milliseconds;
	if (uart)
		return fill(next, size, limit);
	while (size > 0) {
		ssize_t written = write(descriptor, next, size);
		if (written > 0) {
			next += written;
			size -= (size_t)written;
		} else if (written < 0 && errno != EAGAIN && errno != EINTR) {
			return -errno;
		} else {
			struct pollfd port = {.fd = descriptor, .events = POLLOUT};
			poll(&port, 1, 20);
			if (fb_monotonic_milliseconds() > limit)
				return -ETIMEDOUT;
		}
	}
	/* What the driver still buffers is lost when the kernel dies. tcdrain() has no limit, so ask instead;
	 * under QEMU one question is enough (0.02 ms), on other ports ENOTTY ends the loop at once. */
	int queued = 0;
	while (ioctl(descriptor, TIOCOUTQ, &queued) == 0 && queued > 0) {
		if (fb_monotonic_milliseconds() > limit)
			return -ETIMEDOUT;
		sched_yield();
	}
	return 0;
}
