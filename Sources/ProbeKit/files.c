/* Files, mounts, /proc and sysctls of a probe. */
#include "ProbeKit.h"

#include <ctype.h>
#include <errno.h>
#include <firstbad/kit.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

/* Ends the probe in the name of the line that called. */
#define SKIP_AT(location, ...) fb_end(FB_SKIP, (location), "", errno, __VA_ARGS__)

void fb_require_path(const char *path, const char *location)
{
	if (access(path, F_OK) < 0)
		SKIP_AT(location, "this kernel has no %s", path);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
	(void)status, (void)type, (void)walk;
	remove(path);
	return 0;
}

static void remove_tree(void *path) { nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT); }

static void unmount(void *path) { umount2(path, MNT_DETACH); }

const char *fb_temp_folder(const char *location)
{
	char *path = strdup("/tmp/probe-XXXXXX");
	if (!path || !mkdtemp(path))
		SKIP_AT(location, "no folder can be made in /tmp: %s", fb_errno_name(errno));
	chmod(path, 0755);
	at_end(remove_tree, path);
	return path;
}

int fb_temp_file(const char *location)
{
	char path[] = "/tmp/probe-XXXXXX";
	int file = mkostemp(path, O_CLOEXEC);
	if (file < 0)
		SKIP_AT(location, "no file can be made in /tmp: %s", fb_errno_name(errno));
	unlink(path);
	return file;
}

const char *fb_temp_text(const char *text, const char *location)
{
	char *path;
	if (asprintf(&path, "%s/file", fb_temp_folder(location)) < 0)
		SKIP_AT(location, "out of memory");
	int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
		SKIP_AT(location, "%s cannot be written: %s", path, fb_errno_name(errno));
	close(file);
	return path;
}

const char *fb_new_mount(const char *type, const char *options, const char *location)
{
	const char *path = fb_temp_folder(location);
	if (mount(type, path, type, MS_NOSUID, options) < 0)
		SKIP_AT(location, "no %s can be mounted%s%s: %s", type, options && *options ? " with " : "",
			options ? options : "", fb_errno_name(errno));
	at_end(unmount, (void *)path);
	return path;
}

char *fb_read_text(const char *path, const char *location)
{
	enum { LIMIT = 65536 };
	int file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		SKIP_AT(location, "%s cannot be opened: %s", path, fb_errno_name(errno));
	char *text = malloc(LIMIT);
	size_t have = 0;
	ssize_t got = 0;
	while (text && have < LIMIT - 1 && (got = read(file, text + have, LIMIT - 1 - have)) > 0)
		have += (size_t)got;
	if (!text || got < 0)
		SKIP_AT(location, "%s cannot be read: %s", path, fb_errno_name(errno));
	close(file);
	if (have > 0 && text[have - 1] == '\n')
		have--;
	text[have] = 0;
	return text;
}

long fb_read_number(const char *path, const char *location)
{
	char *text = fb_read_text(path, location), *end;
	long number = strtol(text, &end, 10);
	if (end == text)
		SKIP_AT(location, "%s begins with no number: \"%.40s\"", path, text);
	free(text);
	return number;
}

int fb_put(const char *path, const char *text)
{
	/* Without O_CREAT: a misspelt name must fail. One write: /proc takes a text whole or not at all. */
	int file = open(path, O_WRONLY | O_CLOEXEC);
	if (file < 0)
		return errno;
	ssize_t written = write(file, text, strlen(text));
	int error = written < 0 ? errno : (size_t)written == strlen(text) ? 0 : EIO;
	close(file);
	return error;
}

int write_errno(const char *path, const char *text) { return fb_put(path, text); }

void fb_write_text(const char *path, const char *text, const char *location)
{
	errno = fb_put(path, text);
	if (errno)
		SKIP_AT(location, "%s cannot be written to %s: %s", text, path, fb_errno_name(errno));
}

/* As sysctl(8) has it: dots part the words; where a word has a dot of its own, slashes do. */
static void sysctl_path(const char *name, char path[256])
{
	snprintf(path, 256, "/proc/sys/%s", name);
	if (!strchr(name, '/'))
		for (char *each = path + 10; *each; each++)
			if (*each == '.')
				*each = '/';
}

char *fb_sysctl_text(const char *name, const char *location)
{
	char path[256];
	sysctl_path(name, path);
	return fb_read_text(path, location);
}

void fb_set_sysctl(const char *name, const char *value, const char *location)
{
	char path[256];
	sysctl_path(name, path);
	char *old = fb_read_text(path, location);
	/* Told first: between the write and the telling the probe may be killed. */
	fb_restore_later(name, old);
	fb_write_text(path, value, location);
	free(old);
}

char *fb_field(const char *path, const char *word, const char *location)
{
	char *text = fb_read_text(path, location);
	size_t length = strlen(word);
	for (char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : 0) {
		if (strncmp(line, word, length) != 0 || (line[length] != ':' && !isspace((unsigned char)line[length])))
			continue;
		char *value = line + length;
		while (*value == ':' || *value == ' ' || *value == '\t')
			value++;
		value[strcspn(value, "\n")] = 0;
		/* At the beginning of what was allocated, so that it can be freed. */
		return memmove(text, value, strlen(value) + 1);
	}
	fb_end(FB_SKIP, location, "", 0, "%s has no line %s on this kernel", path, word);
}

int has_word(const char *text, const char *word)
{
	size_t length = strlen(word);
	for (const char *at = text; (at = strstr(at, word)); at += length)
		if ((at == text || isspace((unsigned char)at[-1]) || at[-1] == ',') &&
		    (!at[length] || isspace((unsigned char)at[length]) || at[length] == ','))
			return 1;
	return 0;
}
