/*
 * sysctl-permissions: who may read and write each file below /proc/sys. Prints `file PATH MODE` for each, then `who NAME ANSWERS` for each
 * caller, where ANSWERS are two letters per file: opened and read; opened (and truncated) and written with the value that root reads, or
 * with `0` where that fails. Callers: root, root without any capability, uid 1000 without, uid 1000 that is root of its own user, network,
 * IPC and UTS namespace, uid 1000 with one capability, root without that one. The letters: see letter().
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_FILES = 4096, MAX_VALUE = 1024, OTHER = 1000 };
static const char ROOT[] = "/proc/sys/";

static struct { char *path; long length; char value[MAX_VALUE]; } files[MAX_FILES];
static int count;

static int add(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)place;
	if (type == FTW_F && S_ISREG(status->st_mode) && count < MAX_FILES)
		files[count++].path = strdup(path + strlen(ROOT));
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * `-` EACCES and `n` ENOENT by open(2); in capitals by read(2) or write(2): `A` EACCES, `P` EPERM, `I` EINVAL, `O` EIO, `S` EOPNOTSUPP,
 * `T` ENOTSUPP (524).
 */
static char letter(int opened)
{
	switch (errno) {
	case EACCES: return opened ? 'A' : '-';
	case EPERM: return opened ? 'P' : 'p';
	case ENOENT: return opened ? 'N' : 'n';
	case EINVAL: return 'I';
	case EIO: return 'O';
	case EOPNOTSUPP: return 'S';
	case 524: return 'T';
	default: return '?';
	}
}

static char may_read(const char *path)
{
	char value[MAX_VALUE];
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		return letter(0);
	char answer = read(fd, value, sizeof value) < 0 ? letter(1) : 'r';
	close(fd);
	return answer;
}

static char may_write(int n)
{
	int fd = open(files[n].path, O_WRONLY | O_TRUNC);

	if (fd < 0)
		return letter(0);
	char answer = write(fd, files[n].value, files[n].length) < 0 ? letter(1) : 'w';
	close(fd);
	return answer;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		perror(path);
	close(fd);
}

static void own_namespaces(void)
{
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS) < 0)
		perror("unshare");
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", "0 1000 1");
	put("/proc/self/gid_map", "0 1000 1");
}

/* A process with these capabilities asks all files. */
static void ask(const char *name, int uid, unsigned long long capabilities, int namespaces)
{
	printf("who\t%s\t", name);
	fflush(stdout);
	pid_t child = fork();
	if (child) {
		waitpid(child, NULL, 0);
		return;
	}
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	unsigned low = capabilities, high = capabilities >> 32;
	struct __user_cap_data_struct data[2] = { { low, low, 0 }, { high, high, 0 } };

	prctl(PR_SET_KEEPCAPS, 1);
	if (uid && (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
		perror("setresuid");
	if (syscall(SYS_capset, &header, data) < 0)
		perror("capset");
	/* The files of /proc/self belong to the owner of the process again. */
	prctl(PR_SET_DUMPABLE, 1);
	if (namespaces)
		own_namespaces();
	for (int i = 0; i < count; i++) {
		/* Reading it is an order. */
		putchar(strcmp(files[i].path, "vm/stat_refresh") ? may_read(files[i].path) : 'r');
		putchar(may_write(i));
	}
	putchar('\n');
	fflush(stdout);
	_exit(0);
}

int main(void)
{
	if (chdir(ROOT) < 0 || nftw(ROOT, add, 16, FTW_PHYS) < 0) {
		perror(ROOT);
		return 1;
	}
	qsort(files, count, sizeof *files, by_path);
	for (int i = 0; i < count; i++) {
		struct stat status;
		int fd = open(files[i].path, O_RDONLY);

		files[i].length = fd < 0 ? -1 : read(fd, files[i].value, MAX_VALUE);
		if (files[i].length <= 0)
			files[i].length = sprintf(files[i].value, "0\n");
		close(fd);
		stat(files[i].path, &status);
		printf("file\t%s\t0%o\n", files[i].path, status.st_mode & 07777);
	}
	unsigned long long all = 0;
	for (int bit = 0; prctl(PR_CAPBSET_READ, bit) == 1; bit++)
		all |= 1ULL << bit;
	ask("root", 0, all, 0);
	ask("root-", 0, 0, 0);
	ask("user", OTHER, 0, 0);
	ask("userns", OTHER, 0, 1);
	for (int bit = 0; all >> bit & 1; bit++) {
		char name[16];

		sprintf(name, "+%d", bit);
		ask(name, OTHER, 1ULL << bit, 0);
		sprintf(name, "-%d", bit);
		ask(name, 0, all & ~(1ULL << bit), 0);
	}
	return 0;
}
