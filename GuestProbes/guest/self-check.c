/*
 * Does the guest keep what the init promises (Documentation/GuestContract.md)?
 *
 * Every other probe relies on this: when it fails, the toolkit is broken and not the kernel.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <firstbad/probe.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_SUPER_MAGIC 0x9fa0

static void read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "r");
	if (!file)
		FAIL("%s cannot be opened", path);
	if (!fgets(line, size, file))
		FAIL("%s is empty", path);
	fclose(file);
	line[strcspn(line, "\n")] = 0;
}

static int has_address(const char *wanted)
{
	struct ifaddrs *all, *each;
	int found = 0;
	CHECK_OK(getifaddrs(&all));
	for (each = all; each; each = each->ifa_next) {
		char text[INET6_ADDRSTRLEN] = "";
		if (!each->ifa_addr || !(each->ifa_flags & IFF_UP))
			continue;
		if (each->ifa_addr->sa_family == AF_INET)
			inet_ntop(AF_INET, &((struct sockaddr_in *)each->ifa_addr)->sin_addr, text, sizeof text);
		if (each->ifa_addr->sa_family == AF_INET6)
			inet_ntop(AF_INET6, &((struct sockaddr_in6 *)each->ifa_addr)->sin6_addr, text, sizeof text);
		found |= strcmp(text, wanted) == 0;
	}
	freeifaddrs(all);
	return found;
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
	char line[128];

	CHECK_OK(statfs("/proc", &file_system));
	CHECK_EQ((long)file_system.f_type, (long)PROC_SUPER_MAGIC);

	read_line("/proc/sys/kernel/hostname", line, sizeof line);
	CHECK_STR_EQ(line, "firstbad-guest");

	int probe = socket(AF_INET, SOCK_DGRAM, 0);
	OBSERVE("inet", probe >= 0 ? "yes" : "no");
	if (probe >= 0)
		CHECK(has_address("127.0.0.1"));
	probe = socket(AF_INET6, SOCK_DGRAM, 0);
	OBSERVE("inet6", probe >= 0 ? "yes" : "no");
	if (probe >= 0)
		CHECK(has_address("::1"));

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
