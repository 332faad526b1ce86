/*
 * Does the guest keep what the init promises (Documentation/GuestContract.md)?
 *
 * Every other probe relies on this: when it fails, the toolkit is broken and not the kernel.
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_SUPER_MAGIC 0x9fa0

/* What a file of /proc says, without stdio: this probe is in every measurement of how fast a guest is. */
static void read_file(const char *path, char *text, int size)
{
	int file = open(path, O_RDONLY);
	if (file < 0)
		FAIL("%s cannot be opened", path);
	ssize_t length = read(file, text, size - 1);
	if (length <= 0)
		FAIL("%s is empty", path);
	text[length] = 0;
	close(file);
}

/* lo is up and has 127.0.0.1. */
static void check_ipv4(int socket)
{
	struct ifreq lo = { .ifr_name = "lo" };
	CHECK_OK(ioctl(socket, SIOCGIFFLAGS, &lo));
	CHECK(lo.ifr_flags & IFF_UP);
	CHECK_OK(ioctl(socket, SIOCGIFADDR, &lo));
	CHECK_EQ(ntohl(((struct sockaddr_in *)&lo.ifr_addr)->sin_addr.s_addr), INADDR_LOOPBACK);
}

/* Processes of user space have a command line; kernel threads have none. */
static int user_processes(void)
{
	int count = 0;
	DIR *proc = opendir("/proc");
	CHECK(proc != NULL);
	for (struct dirent *entry; (entry = readdir(proc));) {
		char path[300], first;
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
		int file = open(path, O_RDONLY);
		if (file < 0)
			continue;
		count += read(file, &first, 1) == 1;
		close(file);
	}
	closedir(proc);
	return count;
}

PROBE("guest.self-check", "the guest is as the init promises",
      SYSCTL("kernel.hostname", "firstbad-guest"))
{
	struct statfs file_system;
	char text[512];

	CHECK_OK(statfs("/proc", &file_system));
	CHECK_EQ((long)file_system.f_type, (long)PROC_SUPER_MAGIC);

	read_file("/proc/sys/kernel/hostname", text, sizeof text);
	CHECK_STR_EQ(text, "firstbad-guest\n");

	int probe = socket(AF_INET, SOCK_DGRAM, 0);
	OBSERVE("inet", probe >= 0 ? "yes" : "no");
	if (probe >= 0)
		check_ipv4(probe);
	probe = socket(AF_INET6, SOCK_DGRAM, 0);
	OBSERVE("inet6", probe >= 0 ? "yes" : "no");
	if (probe >= 0) {
		/* address, index, prefix, scope, flags, name */
		read_file("/proc/net/if_inet6", text, sizeof text);
		CHECK(strstr(text, "00000000000000000000000000000001 ") && strstr(text, " lo\n"));
	}

	/* The init and this probe. */
	CHECK_EQ(user_processes(), 2);
	CHECK_EQ(getppid(), 1);
	CHECK_EQ(getsid(0), getpid());

	/* The plan with the run's nonce is gone. */
	CHECK_ERRNO(access("/firstbad.plan", F_OK), ENOENT);

	/* Standard output is captured. */
	struct stat output;
	CHECK_OK(fstat(1, &output));
	CHECK(S_ISFIFO(output.st_mode));
	PASS();
}
