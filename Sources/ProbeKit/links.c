/* Links and addresses, by rtnetlink(7). */
#include <errno.h>
#include <firstbad/kit.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>

#define SKIP_AT(location, ...) fb_end(FB_SKIP, (location), "", errno, __VA_ARGS__)

/* A request that grows by attributes. */
struct request {
	struct nlmsghdr header;
	char bytes[512];
};

static void *room(struct request *request, size_t size)
{
	void *place = (char *)request + NLMSG_ALIGN(request->header.nlmsg_len);
	memset(place, 0, NLMSG_ALIGN(size));
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + (unsigned)NLMSG_ALIGN(size);
	return place;
}

static struct rtattr *attribute(struct request *request, int type, const void *data, size_t size)
{
	struct rtattr *row = room(request, RTA_LENGTH(size));
	row->rta_type = (unsigned short)type;
	row->rta_len = (unsigned short)RTA_LENGTH(size);
	if (size)
		memcpy(RTA_DATA(row), data, size);
	return row;
}

static void close_nest(struct request *request, struct rtattr *nest)
{
	nest->rta_len = (unsigned short)((char *)request + request->header.nlmsg_len - (char *)nest);
}

static struct request begin(int type, int flags)
{
	struct request request;
	memset(&request, 0, sizeof request);
	request.header.nlmsg_len = NLMSG_HDRLEN;
	request.header.nlmsg_type = (unsigned short)type;
	request.header.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
	return request;
}

/* Sends it and waits for the kernel's answer: 0 or an errno. */
static int ask(struct request *request)
{
	char answer[1024];
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0)
		return errno;
	int error = EIO;
	if (send(fd, request, request->header.nlmsg_len, 0) < 0) {
		error = errno;
	} else {
		ssize_t size = recv(fd, answer, sizeof answer, 0);
		struct nlmsghdr *header = (struct nlmsghdr *)answer;
		if (size >= (ssize_t)NLMSG_LENGTH(sizeof(int)) && header->nlmsg_type == NLMSG_ERROR)
			error = -*(int *)NLMSG_DATA(header);
	}
	close(fd);
	return error;
}

static unsigned index_of(const char *link, const char *location)
{
	unsigned index = if_nametoindex(link);
	if (!index)
		SKIP_AT(location, "there is no link %s: %s", link, fb_errno_name(errno));
	return index;
}

static void bring_up(const char *link, const char *location)
{
	struct request request = begin(RTM_NEWLINK, 0);
	struct ifinfomsg *info = room(&request, sizeof *info);
	info->ifi_index = (int)index_of(link, location);
	info->ifi_flags = info->ifi_change = IFF_UP;
	if ((errno = ask(&request)))
		SKIP_AT(location, "%s cannot be brought up: %s", link, fb_errno_name(errno));
}

void fb_new_network(const char *location)
{
	fb_new_namespaces(CLONE_NEWNET, location);
	bring_up("lo", location);
}

void fb_veth_pair(const char *left, const char *right, const char *location)
{
	struct request request = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	room(&request, sizeof(struct ifinfomsg));
	attribute(&request, IFLA_IFNAME, left, strlen(left) + 1);
	struct rtattr *link = attribute(&request, IFLA_LINKINFO, 0, 0);
	attribute(&request, IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = attribute(&request, IFLA_INFO_DATA, 0, 0);
	struct rtattr *peer = attribute(&request, VETH_INFO_PEER, 0, 0);
	room(&request, sizeof(struct ifinfomsg));
	attribute(&request, IFLA_IFNAME, right, strlen(right) + 1);
	close_nest(&request, peer);
	close_nest(&request, data);
	close_nest(&request, link);
	errno = ask(&request);
	if (errno == EOPNOTSUPP)
		SKIP_AT(location, "this kernel has no veth; MODULE(\"veth\") in the heading loads it");
	if (errno)
		SKIP_AT(location, "no veth pair can be made: %s", fb_errno_name(errno));
	bring_up(left, location);
	bring_up(right, location);
}

void fb_link_address(const char *link, const char *address, int prefix, const char *location)
{
	struct in_addr number;
	if (inet_pton(AF_INET, address, &number) != 1)
		fb_end(FB_SKIP, location, "", 0, "%s is no IPv4 address", address);
	struct request request = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	struct ifaddrmsg *info = room(&request, sizeof *info);
	info->ifa_family = AF_INET;
	info->ifa_prefixlen = (unsigned char)prefix;
	info->ifa_index = index_of(link, location);
	attribute(&request, IFA_LOCAL, &number, sizeof number);
	attribute(&request, IFA_ADDRESS, &number, sizeof number);
	if ((errno = ask(&request)))
		SKIP_AT(location, "%s cannot be given to %s: %s", address, link, fb_errno_name(errno));
	bring_up(link, location);
}

void fb_move_link(const char *link, int process, const char *location)
{
	struct request request = begin(RTM_NEWLINK, 0);
	struct ifinfomsg *info = room(&request, sizeof *info);
	info->ifi_index = (int)index_of(link, location);
	attribute(&request, IFLA_NET_NS_PID, &process, sizeof process);
	if ((errno = ask(&request)))
		SKIP_AT(location, "%s cannot be moved: %s", link, fb_errno_name(errno));
}
