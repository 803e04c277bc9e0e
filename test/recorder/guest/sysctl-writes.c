/*
 * sysctl-writes DIRECTORY < TEXTS: writes each text (a line of hex, `-` for none) to each file of the directory, each opened for writing and
 * truncated, in one write(2), and tells the result and every file whose value differs afterwards. All values are then restored.
 * Prints `file NAME`, `mode OCTAL`, `default HEX|ERRNO` and a `write HEX RESULT [NAME=HEX]...` per text, fields between tabs.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILES = 256, MAX_TEXTS = 1024, MAX_VALUE = 4096 };

struct file {
	char *name;
	int readable; /* part of the snapshot */
	long length;
	char value[MAX_VALUE];
};

static struct file files[MAX_FILES];
static int file_count;
static struct { char *hex; char *bytes; size_t length; } texts[MAX_TEXTS];
static int text_count;

static long read_file(const char *name, char *buffer)
{
	int fd = open(name, O_RDONLY);
	if (fd < 0)
		return -errno;
	long length = read(fd, buffer, MAX_VALUE);
	if (length < 0)
		length = -errno;
	close(fd);
	return length;
}

static long write_file(const char *name, const char *bytes, size_t length)
{
	int fd = open(name, O_WRONLY | O_TRUNC);
	if (fd < 0)
		return -errno;
	long written = write(fd, bytes, length);
	if (written < 0)
		written = -errno;
	close(fd);
	return written;
}

static void print_hex(const char *bytes, long length)
{
	if (length == 0)
		putchar('-');
	for (long i = 0; i < length; i++)
		printf("%02x", (unsigned char)bytes[i]);
}

static void print_result(long result)
{
	if (result < 0)
		printf("%s", strerrorname_np(-result));
	else
		printf("%ld", result);
}

static int differs(const struct file *file, char *now, long *length)
{
	*length = read_file(file->name, now);
	return *length != file->length || (*length > 0 && memcmp(now, file->value, *length));
}

/* Twins undo each other (a ratio zeroes its bytes), so the values are gone over until they stay. */
static void restore(void)
{
	char now[MAX_VALUE];
	long length;

	for (int pass = 0; pass < 3; pass++)
		for (int i = 0; i < file_count; i++)
			if (files[i].readable && differs(&files[i], now, &length))
				write_file(files[i].name, files[i].value, files[i].length);
}

static void try_text(const struct file *file, int n)
{
	static char now[MAX_FILES][MAX_VALUE];
	static long length[MAX_FILES];
	int differing[MAX_FILES];

	long result = write_file(file->name, texts[n].bytes, texts[n].length);
	/* First all are read and restored: with some values in force, printing would need memory that is not to be had. */
	for (int i = 0; i < file_count; i++)
		differing[i] = files[i].readable && differs(&files[i], now[i], &length[i]);
	restore();
	printf("write\t%s\t", texts[n].hex);
	print_result(result);
	for (int i = 0; i < file_count; i++) {
		if (!differing[i])
			continue;
		printf("\t%s=", files[i].name);
		print_hex(now[i], length[i] < 0 ? 0 : length[i]);
	}
	putchar('\n');
	fflush(stdout);
}

static void read_texts(void)
{
	char line[65536];

	while (text_count < MAX_TEXTS && fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		size_t length = strcmp(line, "-") ? strlen(line) / 2 : 0;
		char *bytes = malloc(length + 1);
		for (size_t i = 0; i < length; i++) {
			unsigned byte;
			sscanf(line + 2 * i, "%2x", &byte);
			bytes[i] = byte;
		}
		texts[text_count].hex = strdup(line);
		texts[text_count].bytes = bytes;
		texts[text_count++].length = length;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void read_directory(void)
{
	DIR *directory = opendir(".");
	struct dirent *entry;

	while (directory && file_count < MAX_FILES && (entry = readdir(directory)))
		if (entry->d_name[0] != '.')
			files[file_count++].name = strdup(entry->d_name);
	if (directory)
		closedir(directory);
	qsort(files, file_count, sizeof *files, by_name);
	for (int i = 0; i < file_count; i++) {
		files[i].length = read_file(files[i].name, files[i].value);
		/* Reading stat_refresh is an order, not a question. */
		files[i].readable = files[i].length >= 0 && strcmp(files[i].name, "stat_refresh");
	}
}

int main(int argc, char **argv)
{
	if (argc != 2 || chdir(argv[1]) < 0) {
		perror("sysctl-writes DIRECTORY");
		return 2;
	}
	/* vm.min_free_kbytes and others starve the machine until they are restored: this program must stay, and needs no memory then. */
	write_file("/proc/self/oom_score_adj", "-1000", 5);
	read_texts();
	read_directory();
	mlockall(MCL_CURRENT);
	for (int i = 0; i < file_count; i++) {
		struct stat status;
		stat(files[i].name, &status);
		printf("file\t%s\nmode\t%o\ndefault\t", files[i].name, status.st_mode & 07777);
		if (files[i].length < 0)
			print_result(files[i].length);
		else
			print_hex(files[i].value, files[i].length);
		putchar('\n');
		for (int n = 0; n < text_count; n++)
			try_text(&files[i], n);
	}
	return 0;
}
