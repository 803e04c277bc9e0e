// devkmsg DEVICE SYSCTLS: what /dev/kmsg answers. SYSCTLS is the directory of printk_devkmsg and dmesg_restrict. Sequence numbers are printed
// less the one the program began at, times not at all. A line of output is one call and its answer.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *device, *sysctls;
static long base = -1;

static void setting(const char *name, const char *value)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", sysctls, name);
	int fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		printf("%s: %s\n", path, strerrorname_np(errno));
	close(fd);
}

static void answer(long result)
{
	if (result < 0)
		printf("%s\n", strerrorname_np(errno));
	else
		printf("%ld\n", result);
}

/* One read: the record with its number made relative, long texts by their length. Whether there was one. */
static int record(int fd, size_t size)
{
	static char buffer[16384];
	ssize_t n = read(fd, buffer, size);
	unsigned prio;
	unsigned long seq, usec;
	int at;
	if (n < 0) {
		printf("  read %zu => %s\n", size, strerrorname_np(errno));
		return 0;
	}
	buffer[n] = 0;
	if (sscanf(buffer, "%u,%lu,%lu,-;%n", &prio, &seq, &usec, &at) != 3) {
		printf("  read %zu => %zd?\n", size, n);
		return 1;
	}
	if (base < 0)
		base = seq;
	size_t text = strlen(buffer + at) - 1;
	int ends = buffer[n - 1] == '\n';
	buffer[n - 1] = 0;
	if (text > 100)
		printf("  read %zu => %u,%ld,-;%.8s… %zu bytes%s\n", size, prio, (long)seq - base, buffer + at, text, ends ? "" : " unended");
	else
		printf("  read %zu => %u,%ld,-;%s%s\n", size, prio, (long)seq - base, buffer + at, ends ? "" : " unended");
	return 1;
}

static void drain(int fd)
{
	while (record(fd, 8192))
		;
}

static void say(const char *text, size_t length)
{
	int fd = open(device, O_WRONLY);
	printf("write %zu %.*s => ", length, text[0] == 'L' ? 1 : (int)strcspn(text, "\n\001"), text);
	answer(write(fd, text, length));
	close(fd);
}
#define SAY(text) say(text, sizeof text - 1)

/* Many of a kind. dprintf(3) would ask where the descriptor stands, and fail. */
static void lines(int fd, const char *word, int count)
{
	char line[64];
	for (int n = 0; n < count; n++)
		if (write(fd, line, snprintf(line, sizeof line, "%s %d\n", word, n)) < 0)
			printf("%s %d: %s\n", word, n, strerrorname_np(errno));
}

static void seek(int fd, const char *name, long offset, int whence)
{
	printf("lseek %s => ", name);
	answer(lseek(fd, offset, whence));
}

static void events(const char *name, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLWRNORM};
	poll(&p, 1, 0);
	printf("poll %s => %x\n", name, p.revents);
}

static void nothing(int sig) { (void)sig; }

static void *later(void *text)
{
	nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	int fd = open(device, O_WRONLY);
	if (write(fd, text, strlen(text)) < 0)
		perror("write");
	close(fd);
	return NULL;
}

int main(int argc, char **argv)
{
	static char longest[1100];
	pthread_t thread;
	if (argc < 3)
		return 2;
	device = argv[1], sysctls = argv[2];
	setvbuf(stdout, NULL, _IOLBF, 0);
	memset(longest, 'L', sizeof longest);
	setting("printk_devkmsg", "ratelimit\n");
	int fd = open(device, O_RDONLY | O_NONBLOCK);
	seek(fd, "END", 0, SEEK_END);
	drain(fd);
	SAY("plain\n");
	drain(fd);
	SAY("no newline");
	drain(fd);
	SAY("<3>the next one ends it\n");
	drain(fd);
	SAY("<30>facility 3, level 6\n");
	SAY("<4>  spaces are kept\n");
	SAY("a\nb\nc\n");
	SAY("tab\there \\ back \001\177 \303\251 \377\n");
	SAY("nul\0in it\n");
	SAY("ends the one before\n");
	drain(fd);
	SAY("<abc>no number\n");
	SAY("<4\n");
	SAY("<>nothing\n");
	SAY("<0>level 0\n");
	SAY("<8>facility 1\n");
	SAY("<2047>facility 255\n");
	SAY("<2048>facility 256\n");
	SAY("<4294967295>32 bits\n");
	SAY("<18446744073709551623>beyond 64 bits\n");
	SAY("<0x13>hexadecimal\n");
	SAY("<-3>negative\n");
	SAY("< 3>space\n");
	SAY("<3>\0016another prefix\n");
	SAY("two\n\n");
	SAY("\n");
	drain(fd);
	for (int n = 1019; n <= 1025; n++) {
		char copy[1100];
		memcpy(copy, longest, sizeof copy);
		say(copy, n);
		copy[n - 1] = '\n';
		say(copy, n);
		drain(fd);
	}
	SAY("end\n");
	drain(fd);

	seek(fd, "SET", 0, SEEK_SET);
	printf("first after SET: %s\n", read(fd, longest, 1000) > 0 ? "a record" : "none");
	seek(fd, "DATA", 0, SEEK_DATA);
	printf("first after DATA: %s\n", read(fd, longest, 1000) > 0 ? "a record" : "none");
	seek(fd, "DATA 3", 3, SEEK_DATA);
	seek(fd, "HOLE", 0, SEEK_HOLE);
	events("with records", fd);
	seek(fd, "END", 0, SEEK_END);
	events("at the end", fd);
	record(fd, 8192);
	SAY("too long for ten bytes\n");
	SAY("the next\n");
	record(fd, 10);
	drain(fd);

	int writer = open(device, O_WRONLY);
	events("write-only", writer);
	printf("read of write-only => "), answer(read(writer, longest, 10));
	printf("write of read-only => "), answer(write(fd, "x", 1));
	printf("fsync => "), answer(fsync(writer));
	lines(writer, "line", 13);
	close(writer);
	drain(fd);

	int blocking = open(device, O_RDONLY);
	seek(blocking, "END", 0, SEEK_END);
	pthread_create(&thread, NULL, later, "waited for\n");
	record(blocking, 8192);
	pthread_join(thread, NULL);
	pthread_create(&thread, NULL, later, "polled for\n");
	struct pollfd p = {.fd = blocking, .events = POLLIN};
	printf("poll => %d", poll(&p, 1, 5000));
	printf(", %x\n", p.revents);
	pthread_join(thread, NULL);
	record(blocking, 8192);
	sigaction(SIGALRM, &(struct sigaction){.sa_handler = nothing}, NULL);
	alarm(1);
	record(blocking, 8192);
	fcntl(blocking, F_SETFL, O_NONBLOCK);
	record(blocking, 8192);
	close(blocking);
	drain(fd);

	setting("printk_devkmsg", "on\n");
	writer = open(device, O_WRONLY);
	lines(writer, "flood", 20000);
	events("with records gone", fd);
	record(fd, 8192);
	printf("after EPIPE: %s\n", read(fd, longest, 1000) > 0 ? "a record" : "none");
	seek(fd, "END", 0, SEEK_END);
	setting("printk_devkmsg", "off\n");
	printf("write while off => "), answer(write(writer, "not seen\n", 9));
	printf("open while off => "), answer(open(device, O_WRONLY));
	drain(fd);
	setting("printk_devkmsg", "ratelimit\n");
	close(writer);

	for (int restricted = 0; restricted < 2; restricted++) {
		setting("dmesg_restrict", restricted ? "1\n" : "0\n");
		fflush(stdout);
		if (fork() == 0) {
			if (setgid(1000) || setuid(1000))
				return 1;
			int other = open(device, O_RDONLY);
			printf("open by another user, dmesg_restrict %d => %s\n", restricted, other < 0 ? strerrorname_np(errno) : "ok");
			printf("to write => %s\n", open(device, O_WRONLY) < 0 ? strerrorname_np(errno) : "ok");
			return 0;
		}
		nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
	}
	return 0;
}
