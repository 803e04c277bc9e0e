/*
 * attributes list PATH...: every regular file at or below the paths, in the order of bytes, a line each: `F PATH MODE SIZE VALUE`, where the
 * value has `\n`, `\t` and `\\` escaped and is `!ERRNO` if open(2) or read(2) fails, `=` without read permission. `L PATH TARGET`: a symbolic link.
 * attributes write PATH...: to every file at or below the paths that has a write permission, each text of WRITES:
 * `W PATH TEXT => RESULT VALUE [OTHER=VALUE]...`. RESULT is what write(2) returned, or the errno; VALUE is the file afterwards, OTHER a
 * file of OTHERS or below the paths that differs from before. Then every file gets its old value back; `stays PATH=VALUE` could not.
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

/* Comparing all files costs much: the first writes that succeed, and all of a file that was seen to change others. */
enum { MAX_FILES = 8192, MAX_VALUE = 65536, COMPARED = 10 };

static const char *const WRITES[] = {
	"0\n", "1\n", "2\n", "3\n", "5", "100\n", "600\n", "-1\n", "+1\n", " 1\n", "1 \n", "1\t\n", "1 2\n", "1x\n", "x\n", "\n", "", "0x10\n", "010\n",
	"2147483647\n", "2147483648\n", "4294967295\n", "4294967296\n", "99999999999\n", "18446744073709551615\n", "18446744073709551616\n",
	"1\n\n", "y\n", "N\n", "on\n", "off\n", "true\n", "yes please\n", "always", "always\n", "madvise\n", "never\n", "inherit\n",
	"defer\n", "defer+madvise\n", "within_size\n", "advise\n", "deny\n", "force\n", "alwaysx\n", "Always\n", " always\n", "always \n",
	"[always]\n", "always never\n", "none\n", "scan-time\n", "auto\n", "2M\n", "1024kB\n", "ratelimit\n",
};
/* Named beside /sys/kernel/mm and /sys/module, but of the same values. */
static const char *const OTHERS[] = {
	"/proc/sys/vm/nr_hugepages", "/proc/sys/vm/nr_hugepages_mempolicy", "/proc/sys/vm/nr_overcommit_hugepages", "/proc/sys/vm/min_free_kbytes",
	"/proc/sys/vm/swappiness", "/proc/sys/kernel/panic", "/proc/sys/kernel/panic_on_warn", "/proc/sys/kernel/panic_on_oops",
	"/proc/sys/kernel/panic_print", "/proc/sys/kernel/panic_sys_info", "/proc/sys/kernel/printk", "/proc/sys/kernel/tainted",
	"/proc/sys/kernel/hung_task_panic", "/proc/sys/kernel/sysrq", "/proc/sys/kernel/printk_devkmsg",
	"/sys/devices/system/node/node0/hugepages/hugepages-2048kB/nr_hugepages", "/sys/devices/system/node/node0/hugepages/hugepages-2048kB/free_hugepages",
};

struct file { char *path; mode_t mode; long size; int link; long length; char *value; };
static struct file files[MAX_FILES];
static int count;

static int add(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)place;
	if ((type == FTW_F || type == FTW_SL) && count < MAX_FILES)
		files[count++] = (struct file){ strdup(path), status->st_mode, status->st_size, type == FTW_SL, 0, NULL };
	return 0;
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static long value_of(const char *path, char *value)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	long length = fd < 0 ? -errno : 0, got = 0;

	while (fd >= 0 && length < MAX_VALUE && (got = read(fd, value + length, MAX_VALUE - length)) > 0)
		length += got;
	if (got < 0)
		length = -errno;
	if (fd >= 0)
		close(fd);
	return length;
}

static void print_text(const char *text, long length)
{
	for (long i = 0; i < length; i++)
		switch (text[i]) {
		case '\n': fputs("\\n", stdout); break;
		case '\t': fputs("\\t", stdout); break;
		case '\\': fputs("\\\\", stdout); break;
		default:
			if ((unsigned char)text[i] < 32)
				printf("\\x%02x", text[i]);
			else
				putchar(text[i]);
		}
	if (length < 0)
		printf("!%s", strerrorname_np(-length));
}

static void list(void)
{
	static char value[MAX_VALUE];

	for (int i = 0; i < count; i++) {
		struct file *f = &files[i];

		if (f->link) {
			long length = readlink(f->path, value, sizeof value);
			printf("L %s %.*s\n", f->path, (int)length, value);
			continue;
		}
		printf("F %s %o %ld ", f->path, f->mode & 07777, f->size);
		if (f->mode & 0444)
			print_text(value, value_of(f->path, value));
		else
			putchar('=');
		putchar('\n');
	}
}

static long write_text(const char *path, const char *text, long length)
{
	int fd = open(path, O_WRONLY);
	long result = fd < 0 ? -errno : write(fd, text, length);

	if (fd >= 0 && result < 0)
		result = -errno;
	if (fd >= 0)
		close(fd);
	return result;
}

static void remember(struct file *f, const char *value, long length)
{
	free(f->value);
	f->length = length;
	f->value = length > 0 ? memcpy(malloc(length), value, length) : NULL;
}

static int differs(const struct file *f, const char *value, long length)
{
	return length != f->length || (length > 0 && memcmp(value, f->value, length));
}

/* Prints what else differs from before, and how many files do. */
static int print_others(int self)
{
	static char value[MAX_VALUE];
	int found = 0;

	for (int j = 0; j < count; j++) {
		long length;

		if (j == self || !(files[j].mode & 0444) || files[j].link)
			continue;
		length = value_of(files[j].path, value);
		if (!differs(&files[j], value, length))
			continue;
		found++;
		printf(" %s=", files[j].path);
		print_text(value, length);
	}
	return found;
}

static void restore(const struct file *f)
{
	static char value[MAX_VALUE];
	/* Of `[always] madvise never` the word in brackets. */
	const char *start = f->length > 0 ? memchr(f->value, '[', f->length) : NULL;
	const char *end = start ? memchr(f->value, ']', f->length) : NULL;

	if (!(f->mode & 0444) || !(f->mode & 0200) || f->length <= 0 || !differs(f, value, value_of(f->path, value)))
		return;
	if (start && end)
		write_text(f->path, start + 1, end - start - 1);
	else
		write_text(f->path, f->value, f->length);
}

/* What does not take its old value is compared with its new one from now on. */
static void settle(struct file *f)
{
	static char value[MAX_VALUE];
	long length = value_of(f->path, value);

	if (!(f->mode & 0444) || f->link || !differs(f, value, length))
		return;
	printf("stays %s=", f->path);
	print_text(value, length);
	putchar('\n');
	remember(f, value, length);
}

static void write_file(int self)
{
	static char value[MAX_VALUE];
	struct file *f = &files[self];
	int compared = 0, changes_others = 0;

	for (size_t w = 0; w < sizeof WRITES / sizeof *WRITES; w++) {
		long result = write_text(f->path, WRITES[w], strlen(WRITES[w]));
		int found = 0;

		printf("W %s ", f->path);
		print_text(WRITES[w], strlen(WRITES[w]));
		printf(" => ");
		if (result < 0)
			printf("%s ", strerrorname_np(-result));
		else
			printf("%ld ", result);
		if (f->mode & 0444)
			print_text(value, value_of(f->path, value));
		if (result > 0 && (changes_others || compared++ < COMPARED))
			found = print_others(self);
		changes_others |= found;
		putchar('\n');
		fflush(stdout);
		restore(f);
		for (int j = 0; found && j < count; j++)
			restore(&files[j]);
		settle(f);
	}
	for (int j = 0; changes_others && j < count; j++)
		settle(&files[j]);
}

static void write_all(void)
{
	static char value[MAX_VALUE];
	int written = count;

	for (size_t i = 0; i < sizeof OTHERS / sizeof *OTHERS; i++)
		files[count++] = (struct file){ strdup(OTHERS[i]), 0644, 0, 0, 0, NULL };
	for (int i = 0; i < count; i++)
		if (files[i].mode & 0444)
			remember(&files[i], value, value_of(files[i].path, value));
	for (int i = 0; i < written; i++)
		if (!files[i].link && files[i].mode & 0222)
			write_file(i);
}

int main(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (nftw(argv[i], add, 16, FTW_PHYS) < 0)
			printf("! %s %s\n", argv[i], strerrorname_np(errno));
	qsort(files, count, sizeof *files, by_bytes);
	if (argc > 2 && !strcmp(argv[1], "list"))
		list();
	else
		write_all();
	return 0;
}
