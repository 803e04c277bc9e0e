/*
 * sysctl-list: every file below /proc/sys in the order of bytes, a line each: `F PATH MODE VALUE`, where the value has `\n`, `\t` and `\\`
 * escaped and is `!ERRNO` if reading fails. Reading vm/stat_refresh is an order, not a question: its value is shown as empty.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILES = 8192, MAX_VALUE = 65536 };
static const char ROOT[] = "/proc/sys/";

static char *paths[MAX_FILES];
static int count;

static int add(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)place;
	if (type == FTW_F && S_ISREG(status->st_mode) && count < MAX_FILES)
		paths[count++] = strdup(path + strlen(ROOT));
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void print_value(const char *path)
{
	static char value[MAX_VALUE];
	int fd = strcmp(path, "vm/stat_refresh") ? open(path, O_RDONLY) : open("/dev/null", O_RDONLY);
	long length = fd < 0 ? -1 : read(fd, value, sizeof value);

	if (length < 0)
		printf("!%s", strerrorname_np(errno));
	for (long i = 0; i < length; i++)
		switch (value[i]) {
		case '\n': fputs("\\n", stdout); break;
		case '\t': fputs("\\t", stdout); break;
		case '\\': fputs("\\\\", stdout); break;
		default: putchar(value[i]);
		}
	if (fd >= 0)
		close(fd);
}

int main(void)
{
	if (chdir(ROOT) < 0 || nftw(ROOT, add, 16, FTW_PHYS) < 0) {
		perror(ROOT);
		return 1;
	}
	qsort(paths, count, sizeof *paths, by_bytes);
	for (int i = 0; i < count; i++) {
		struct stat status;

		stat(paths[i], &status);
		printf("F %s 0%o ", paths[i], status.st_mode & 07777);
		print_value(paths[i]);
		putchar('\n');
	}
	return 0;
}
