/*
 * sysctl-all PLAN START: writes to files below /proc/sys what PLAN says, from its line START (counted from 0) on, and prints what happened.
 * PLAN, a line each:
 *   x PATH       leave this file out of the comparison, because it changes of its own accord
 *   f PATH       the file that the lines behind it are about
 *   w HEX        open for writing and truncate, write(2) the bytes (`-` for none), compare, restore every value
 *   p POS HEX    the same with pwrite(2) at POS
 *   s HEX        as `w`, but restore nothing
 *   b N          find by bisection the lowest and the highest number that element N (from 0) accepts, then write these and their
 *                neighbours as `w` does
 * Prints, fields between tabs, values in hex (`-` for none) or as ERRNO:
 *   LINE f MODE VALUE
 *   LINE w RESULT [PATH=VALUE]...     every file that differs afterwards; `.` is the file itself
 *   LINE b LOWEST HIGHEST
 *   LINE n HEX RESULT [PATH=VALUE]... a write of `b`
 *   log LEVEL HEX                     a record that the kernel logged meanwhile
 *   stays PATH=VALUE                  could not be restored
 * LINE is printed before the write, so that a machine that crashes tells which one it was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILES = 4096, MAX_VALUE = 1024, MAX_LINE = 65536, MAX_ELEMENTS = 16 };
/* Comparing all files costs much: this many writes per file that change its own value, and all of a file that was seen to change others. */
enum { COMPARED = 3 };
static const char ROOT[] = "/proc/sys/";

struct file {
	char *path;
	int fd;
	long length; /* or -errno */
	char value[MAX_VALUE];
};

static struct file files[MAX_FILES];
static int file_count;
static char *left_out[MAX_FILES];
static int left_out_count;
static struct file *self;  /* the file written to, or NULL where it cannot be compared */
static char self_path[4096];
static int compared, changes_others;
static int kmsg;

/* The kernel has one errno that programs do not know. */
static const char *error_name(int error)
{
	return error == 524 ? "ENOTSUPP" : strerrorname_np(error);
}

static void print_hex(const char *bytes, long length)
{
	if (length == 0)
		putchar('-');
	for (long i = 0; i < length; i++)
		printf("%02x", (unsigned char)bytes[i]);
}

static void print_value(const char *bytes, long length)
{
	if (length < 0)
		printf("%s", error_name(-length));
	else
		print_hex(bytes, length);
}

static void print_result(long result)
{
	if (result < 0)
		printf("%s", error_name(-result));
	else
		printf("%ld", result);
}

static long unhex(const char *hex, char *bytes)
{
	long length = strcmp(hex, "-") ? strlen(hex) / 2 : 0;

	for (long i = 0; i < length; i++) {
		unsigned byte;
		sscanf(hex + 2 * i, "%2x", &byte);
		bytes[i] = byte;
	}
	return length;
}

static long read_value(const struct file *file, char *value)
{
	long length = pread(file->fd, value, MAX_VALUE, 0);
	return length < 0 ? -errno : length;
}

static long write_at(const char *path, const char *bytes, long length, long position)
{
	int fd = open(path, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return -errno;
	long written = position < 0 ? write(fd, bytes, length) : pwrite(fd, bytes, length, position);
	if (written < 0)
		written = -errno;
	close(fd);
	return written;
}

static int differs(const struct file *file, char *now, long *length)
{
	*length = read_value(file, now);
	return *length != file->length || (*length > 0 && memcmp(now, file->value, *length));
}

/* What the kernel has logged since it was last asked: records as /dev/kmsg has them, each ending in a NUL. */
static char log_records[65536];
static long log_length;

static void read_log(void)
{
	long length;

	log_length = 0;
	while ((length = read(kmsg, log_records + log_length, sizeof log_records / 2)) > 0 || (length < 0 && errno == EPIPE)) {
		if (length < 0)
			continue;
		if (log_length + length < (long)sizeof log_records / 2 - 1)
			log_length += length;
		log_records[log_length++] = 0;
	}
}

static void print_log(void)
{
	for (char *record = log_records; record < log_records + log_length; record += strlen(record) + 1) {
		char *text = strchr(record, ';');
		if (!text)
			continue;
		text++;
		printf("log\t%d\t", atoi(record) & 7);
		print_hex(text, strcspn(text, "\n"));
		putchar('\n');
	}
}

static char now[MAX_FILES][MAX_VALUE];
static long lengths[MAX_FILES];
static int differing[MAX_FILES];

static void compare(struct file *from, struct file *to)
{
	for (struct file *file = from; file < to; file++)
		differing[file - files] = differs(file, now[file - files], &lengths[file - files]);
}

/*
 * Of those that differ. Files that change each other are gone over until they stay. What does not is printed, and taken for the value from
 * then on.
 */
static void restore(void)
{
	int left = 1;

	for (int pass = 0; pass < 3 && left; pass++) {
		left = 0;
		for (struct file *file = files; file < files + file_count; file++) {
			char value[MAX_VALUE];
			long length;

			if (!differing[file - files] || !differs(file, value, &length))
				continue;
			left = 1;
			if (file->length >= 0)
				write_at(file->path, file->value, file->length, -1);
		}
	}
	for (struct file *file = files; left && file < files + file_count; file++) {
		char value[MAX_VALUE];
		long length;

		if (!differing[file - files] || !differs(file, value, &length))
			continue;
		printf("stays\t%s=", file == self ? "." : file->path);
		print_value(value, length);
		putchar('\n');
		file->length = length;
		memcpy(file->value, value, MAX_VALUE);
	}
}

static void restore_all(void)
{
	compare(files, files + file_count);
	restore();
}

static void try_write(const char *bytes, long length, long position, int keep)
{
	long result = write_at(self_path, bytes, length, position);
	struct file *from = files, *to = files + file_count;

	read_log();
	memset(differing, 0, sizeof differing);
	if (self)
		compare(self, self + 1);
	int all = !self || (result > 0 && (changes_others || (differing[self - files] && compared++ < COMPARED)));
	if (all)
		compare(from, to);
	else
		from = self, to = self + 1;
	/* First all are read and restored: with some values in force, printing would need memory that is not to be had. */
	for (int pass = 0; pass < 2 && !keep; pass++)
		for (struct file *file = from; file < to; file++)
			if (differing[file - files] && file->length >= 0)
				write_at(file->path, file->value, file->length, -1);
	print_result(result);
	for (struct file *file = from; file < to; file++) {
		if (!differing[file - files])
			continue;
		if (file != self)
			changes_others = 1;
		printf("\t%s=", file == self ? "." : file->path);
		print_value(now[file - files], lengths[file - files]);
		if (keep) {
			file->length = lengths[file - files];
			memcpy(file->value, now[file - files], MAX_VALUE);
		}
	}
	putchar('\n');
	print_log();
	if (!keep)
		restore();
	/* What was logged by that belongs to no write. */
	read_log();
	fflush(stdout);
}

/* Numbers */

typedef __int128 wide;
static wide elements[MAX_ELEMENTS];
static int element_count;

static long format_number(wide number, char *text)
{
	char digits[48];
	int count = 0;
	long length = 0;
	unsigned __int128 rest = number < 0 ? -(unsigned __int128)number : (unsigned __int128)number;

	do
		digits[count++] = '0' + (int)(rest % 10);
	while (rest /= 10);
	if (number < 0)
		text[length++] = '-';
	while (count)
		text[length++] = digits[--count];
	return length;
}

static long format_elements(int n, wide number, char *text)
{
	long length = 0;

	for (int i = 0; i < element_count; i++) {
		if (i)
			text[length++] = ' ';
		length += format_number(i == n ? number : elements[i], text + length);
	}
	text[length++] = '\n';
	return length;
}

static int accepts(int n, wide number)
{
	char text[MAX_ELEMENTS * 48];
	long length = format_elements(n, number, text);

	return write_at(self_path, text, length, -1) > 0;
}

static wide limit(int n, wide accepted, wide refused)
{
	if (accepts(n, refused))
		return refused;
	while (accepted - refused > 1 || refused - accepted > 1) {
		wide middle = accepted + (refused - accepted) / 2;
		if (accepts(n, middle))
			accepted = middle;
		else
			refused = middle;
	}
	return accepted;
}

static void parse_elements(void)
{
	char text[MAX_VALUE + 1];
	char *place = text, *end;

	element_count = 0;
	memcpy(text, self->value, self->length);
	text[self->length] = 0;
	while (element_count < MAX_ELEMENTS) {
		int negative = place[strspn(place, " \t\n")] == '-';
		wide number = negative ? strtoll(place, &end, 10) : (wide)strtoull(place, &end, 10);
		if (end == place)
			break;
		elements[element_count++] = number;
		place = end;
	}
}

static void probe(int line, int n)
{
	static const int TRIED[] = { 0, 1, 2, 10, 100, 1000, 10000 };
	wide edge = (wide)1 << 64;
	char text[MAX_ELEMENTS * 48];

	if (!self || self->length <= 0) {
		printf("-\t-\n");
		return;
	}
	parse_elements();
	wide start = elements[n];
	int found = accepts(n, start);
	for (int i = 0; !found && i < (int)(sizeof TRIED / sizeof *TRIED); i++)
		found = accepts(n, start = TRIED[i]);
	if (!found) {
		printf("-\t-\n");
		return;
	}
	wide highest = limit(n, start, edge), lowest = limit(n, start, -edge);
	text[format_number(lowest, text)] = 0;
	printf("%s\t", text);
	text[format_number(highest, text)] = 0;
	printf("%s\n", text);
	restore_all();
	read_log();
	wide numbers[] = { lowest - 1, lowest, lowest + 1, highest - 1, highest, highest + 1 };
	for (int i = 0; i < 6; i++) {
		long length = format_elements(n, numbers[i], text);
		printf("%d\tn\t", line);
		print_hex(text, length);
		putchar('\t');
		fflush(stdout);
		try_write(text, length, -1, 0);
	}
}

/* The files */

static int add(const char *path, const struct stat *status, int type, struct FTW *place)
{
	(void)place;
	path += strlen(ROOT);
	if (type != FTW_F || !S_ISREG(status->st_mode) || file_count == MAX_FILES)
		return 0;
	for (int i = 0; i < left_out_count; i++)
		if (!strcmp(left_out[i], path))
			return 0;
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	struct file *file = &files[file_count++];
	file->path = strdup(path);
	file->fd = fd;
	file->length = read_value(file, file->value);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static void choose(const char *path)
{
	self = NULL;
	for (struct file *file = files; file < files + file_count; file++)
		if (!strcmp(file->path, path))
			self = file;
	strcpy(self_path, path);
	compared = changes_others = 0;
}

static void print_file(int line)
{
	struct stat status;
	char value[MAX_VALUE];

	if (stat(self_path, &status) < 0) {
		printf("%d\tf\t-\t%s\n", line, strerrorname_np(errno));
		return;
	}
	printf("%d\tf\t%o\t", line, status.st_mode & 07777);
	int fd = open(self_path, O_RDONLY);
	long length = fd < 0 ? -errno : read(fd, value, sizeof value);
	print_value(value, length < 0 && fd >= 0 ? -errno : length);
	putchar('\n');
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	static char line[MAX_LINE], bytes[MAX_LINE];
	struct rlimit many = { 8192, 8192 };
	FILE *plan = argc == 3 ? fopen(argv[1], "r") : NULL;

	if (!plan || chdir(ROOT) < 0) {
		perror("sysctl-all PLAN START");
		return 2;
	}
	/* Some values starve the machine until they are restored: this program must stay, and needs no memory then. */
	write_at("/proc/self/oom_score_adj", "-1000", 5, -1);
	setrlimit(RLIMIT_NOFILE, &many);
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
	lseek(kmsg, 0, SEEK_END);
	for (int n = 0, start = atoi(argv[2]); fgets(line, sizeof line, plan); n++) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] == 'x') {
			left_out[left_out_count++] = strdup(line + 2);
			continue;
		}
		if (!file_count) {
			nftw(ROOT, add, 16, FTW_PHYS);
			qsort(files, file_count, sizeof *files, by_path);
			mlockall(MCL_CURRENT | MCL_FUTURE);
			/* What reading all of them makes the kernel log belongs to no write. */
			lseek(kmsg, 0, SEEK_END);
		}
		if (line[0] == 'f') {
			/* What the writes to the file before left behind without having been seen. */
			if (n > start)
				restore_all();
			choose(line + 2);
			if (n >= start)
				print_file(n);
			continue;
		}
		if (n < start)
			continue;
		printf("%d\t%c\t", n, line[0] == 'b' ? 'b' : 'w');
		fflush(stdout);
		char *hex = line[0] == 'p' ? strchr(line + 2, ' ') + 1 : line + 2;
		if (line[0] == 'b')
			probe(n, atoi(line + 2));
		else
			try_write(bytes, unhex(hex, bytes), line[0] == 'p' ? atol(line + 2) : -1, line[0] == 's');
	}
	return 0;
}
