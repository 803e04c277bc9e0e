// splicing ROOT < SCRIPT: what sendfile(2), splice(2), copy_file_range(2) and mmap(2) make of files below ROOT. A line of the script is
// `read PATH`, `same PATH OTHER` (copy_file_range from one file to another of the same filesystem) or `write PATH TEXT`, where \n is a newline.
// A line of output is one call and its answer. Contents are compared with what read(2) gives; of files that change of their own accord only
// the length is.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 1 << 20, PAGE = 4096 };

static char expected[MOST], got[MOST];
static ssize_t length;

static int ordinary(void)
{
	char name[] = "/tmp/splicingXXXXXX";
	int fd = mkstemp(name);
	if (fd < 0) {
		perror(name);
		exit(1);
	}
	unlink(name);
	return fd;
}

static int opened(const char *path, int flags)
{
	int fd = open(path, flags | O_NONBLOCK);
	if (fd < 0)
		printf("  open => %s\n", strerrorname_np(errno));
	return fd;
}

static ssize_t all(int fd, char *buffer)
{
	ssize_t n, sum = 0;
	while ((n = read(fd, buffer + sum, MOST - sum)) > 0)
		sum += n;
	return sum == 0 && n < 0 ? -1 : sum;
}

/* What a call answered that gave `sum` bytes, which are in `got`. */
static void report(const char *what, ssize_t sum, ssize_t from)
{
	if (sum < 0)
		printf("  %s => %s\n", what, strerrorname_np(errno));
	else if (from == 0 && sum == length)
		printf("  %s => as read, %s\n", what, memchr(got, 0, sum) && !memchr(expected, 0, length) ? "but for NULs" : "whole");
	else if (sum > 0 && sum == length - from)
		printf("  %s => the rest\n", what);
	else
		printf("  %s => %zd\n", what, sum);
}

/* sendfile(2) until nothing comes; the bytes are in `got`. */
static ssize_t sent(int fd, size_t piece)
{
	int out = ordinary();
	ssize_t n, sum = 0;
	while ((n = sendfile(out, fd, NULL, piece)) > 0 && sum < MOST)
		sum += n;
	int error = errno;
	lseek(out, 0, SEEK_SET);
	all(out, got);
	close(out);
	errno = error;
	return sum == 0 && n < 0 ? -1 : sum;
}

static ssize_t spliced(int fd)
{
	int ends[2];
	ssize_t n, m, sum = 0;
	if (pipe(ends) < 0)
		exit(1);
	while ((n = splice(fd, NULL, ends[1], NULL, 65536, 0)) > 0 && sum < MOST - n)
		for (; n > 0; n -= m, sum += m)
			if ((m = read(ends[0], got + sum, n)) <= 0)
				exit(1);
	int error = errno;
	close(ends[0]);
	close(ends[1]);
	errno = error;
	return sum == 0 && n < 0 ? -1 : sum;
}

static ssize_t copied(int fd, int out)
{
	ssize_t n, sum = 0;
	while ((n = copy_file_range(fd, NULL, out, NULL, MOST, 0)) > 0 && sum < MOST)
		sum += n;
	return sum == 0 && n < 0 ? -1 : sum;
}

static void mapped(int fd, const char *what, int flags)
{
	void *at = mmap(NULL, PAGE, PROT_READ, flags, fd, 0);
	if (at == MAP_FAILED) {
		printf("  %s => %s\n", what, strerrorname_np(errno));
		return;
	}
	printf("  %s => mapped\n", what);
	munmap(at, PAGE);
}

static void shown(const char *when, struct stat st)
{
	if (st.st_size != 0 && st.st_size == length)
		printf("  size %s => its length\n", when);
	else
		printf("  size %s => %ld\n", when, (long)st.st_size);
}

static void size_of(int fd, const char *when)
{
	struct stat st;
	fstat(fd, &st);
	shown(when, st);
}

static void reading(const char *path)
{
	int fd = opened(path, O_RDONLY);
	if (fd < 0)
		return;
	struct stat st;
	fstat(fd, &st);
	length = all(fd, expected);
	shown("at first", st);
	report("sendfile at the end", sent(fd, MOST), 1);
	printf("  lseek to the end => ");
	off_t end = lseek(fd, 0, SEEK_END);
	printf(end < 0 ? "%s\n" : "%s%ld\n", end < 0 ? strerrorname_np(errno) : "", (long)end);
	close(fd);

	fd = opened(path, O_RDONLY);
	report("sendfile", sent(fd, MOST), 0);
	size_of(fd, "after sendfile");
	report("sendfile once more", sent(fd, MOST), 1);
	lseek(fd, 0, SEEK_SET);
	report("sendfile from the beginning", sent(fd, MOST), 0);
	close(fd);

	fd = opened(path, O_RDONLY);
	size_of(fd, "before splice");
	report("splice", spliced(fd), 0);
	close(fd);

	fd = opened(path, O_RDONLY);
	if (read(fd, got, 1) == 1)
		report("sendfile after a byte", sent(fd, MOST), 1);
	close(fd);

	fd = opened(path, O_RDONLY);
	report("sendfile by the byte", sent(fd, 1), 0);
	close(fd);

	fd = opened(path, O_RDONLY);
	int out = ordinary();
	report("copy_file_range", copied(fd, out), 0);
	close(out);
	mapped(fd, "mmap private", MAP_PRIVATE);
	mapped(fd, "mmap shared", MAP_SHARED);
	close(fd);

	stat(path, &st);
	shown("at last", st);
}

static void same(const char *path, const char *other)
{
	int in = opened(path, O_RDONLY), out = opened(other, O_WRONLY);
	ssize_t sum = copied(in, out);
	if (sum < 0)
		printf("  copy_file_range => %s\n", strerrorname_np(errno));
	else
		printf("  copy_file_range => %zd\n", sum);
	close(in);
	close(out);
}

static void value(const char *path)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, got, 80);
	if (n > 0 && got[n - 1] == '\n')
		n -= 1;
	printf(n < 0 ? "" : "  value => %.*s\n", (int)n, got);
	close(fd);
}

static void wrote(const char *what, ssize_t n)
{
	if (n < 0)
		printf("  %s => %s\n", what, strerrorname_np(errno));
	else
		printf("  %s => %zd\n", what, n);
}

static void writing(const char *path, char *text)
{
	char *end;
	while ((end = strstr(text, "\\n")))
		memmove(end, end + 1, strlen(end)), *end = '\n';
	size_t size = strlen(text);
	int flags[] = { O_WRONLY, O_WRONLY | O_TRUNC };
	for (int n = 0; n < 2; n++) {
		int fd = opened(path, flags[n]);
		if (fd < 0)
			return;
		int ends[2], in = ordinary();
		if (pipe(ends) < 0 || write(ends[1], text, size) != size || write(in, text, size) != size)
			exit(1);
		close(ends[1]);
		lseek(in, 0, SEEK_SET);
		if (n == 0)
			wrote("splice into it", splice(ends[0], NULL, fd, NULL, PAGE, 0));
		else
			wrote("sendfile into it", sendfile(fd, in, NULL, PAGE));
		value(path);
		close(ends[0]);
		if (n == 1) {
			lseek(in, 0, SEEK_SET);
			wrote("copy_file_range into it", copy_file_range(in, NULL, fd, NULL, PAGE, 0));
		}
		close(in);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	char line[1024], path[1024], other[1024];
	if (argc != 2) {
		fprintf(stderr, "usage: splicing ROOT < SCRIPT\n");
		return 2;
	}
	while (fgets(line, sizeof line, stdin)) {
		line[strcspn(line, "\n")] = 0;
		char *command = strtok(line, " "), *name = strtok(NULL, " "), *rest = strtok(NULL, "");
		if (!command || !name)
			continue;
		printf("%s %s%s%s\n", command, name, rest ? " " : "", rest ? rest : "");
		snprintf(path, sizeof path, "%s/%s", argv[1], name);
		if (strcmp(command, "read") == 0)
			reading(path);
		else if (strcmp(command, "same") == 0)
			snprintf(other, sizeof other, "%s/%s", argv[1], rest), same(path, other);
		else if (strcmp(command, "write") == 0)
			writing(path, rest);
		fflush(stdout);
	}
	return 0;
}
