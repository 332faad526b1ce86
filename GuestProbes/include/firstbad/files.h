/* firstbad/files.h: files, folders, mounts, /proc, /sys and sysctls of a probe. See kit.h. */
#ifndef FIRSTBAD_FILES_H
#define FIRSTBAD_FILES_H

#include <fcntl.h>
#include <firstbad/probe.h>
#include <sys/stat.h>
#include <unistd.h>

/* Skips when the kernel has no such file: REQUIRE_PATH("/proc/self/timens_offsets"); */
#define REQUIRE_PATH(path) fb_require_path((path), FB_HERE_)

/* An empty folder of the probe's own, below /tmp. */
#define temp_folder() fb_temp_folder(FB_HERE_)

/* An empty file of the probe's own, open for reading and writing, without a name. */
#define temp_file() fb_temp_file(FB_HERE_)

/* Path of a file in a new folder, with this text in it. */
#define temp_text(text) fb_temp_text((text), FB_HERE_)

/* Path of a fresh file system of this type: new_mount("tmpfs", "size=1m"). Skips where the kernel lacks it. */
#define new_mount(type, options) fb_new_mount((type), (options), FB_HERE_)

/* The whole text of a file, without the newline at its end; at most 64 KiB. It stays until the probe
 * ends; where it is read over and over, as in wait_until(), free() it. */
#define read_text(path) fb_read_text((path), FB_HERE_)

/* The number at the beginning of a file. */
#define read_number(path) fb_read_number((path), FB_HERE_)

/* Writes a text to a file that exists; skips when that is refused. For a refusal that is the behaviour in question
 * there is write_errno(): 0 or the errno. */
#define write_text(path, text) fb_write_text((path), (text), FB_HERE_)
int write_errno(const char *path, const char *text);

/* The text of a sysctl, by sysctl(8)'s name. */
#define sysctl_text(name) fb_sysctl_text((name), FB_HERE_)

/* Sets a sysctl in the middle of a probe. The init puts the old value back, even when the probe crashes.
 * A value that is to stand from the beginning belongs into the heading: SYSCTL(name, value). */
#define set_sysctl(name, value) fb_set_sysctl((name), (value), FB_HERE_)

/* The value that stands behind this word and its colon or blanks: field("/proc/self/status", "CapEff") */
#define field(path, word) fb_field((path), (word), FB_HERE_)

/* Whether the words of a text, parted by blanks and newlines, have this one among them. */
int has_word(const char *text, const char *word);

/* Called with the pointer when the probe ends by a result, after what was registered later. */
void at_end(void (*function)(void *), void *pointer);

void fb_require_path(const char *path, const char *location);
const char *fb_temp_folder(const char *location);
int fb_temp_file(const char *location);
const char *fb_temp_text(const char *text, const char *location);
const char *fb_new_mount(const char *type, const char *options, const char *location);
char *fb_read_text(const char *path, const char *location);
long fb_read_number(const char *path, const char *location);
void fb_write_text(const char *path, const char *text, const char *location);
char *fb_sysctl_text(const char *name, const char *location);
void fb_set_sysctl(const char *name, const char *value, const char *location);
char *fb_field(const char *path, const char *word, const char *location);

#endif
