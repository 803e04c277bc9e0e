// trace-file: one system call on a file of tracefs, and what it returned. For tracefs.sh and tracefs-overrun.sh of test/recorder/guest.
//   trace-file poll FILE MILLISECONDS          read FILE LENGTH [TIMES]       rdnb FILE LENGTH [TIMES], with O_NONBLOCK
//   trace-file write FILE TEXT [append|trunc]
// Reads print their bytes in hexadecimal, without the zeros at the end. gcc -O2 -static
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_alarm(int signal) { (void)signal; }

static void print_hex(const unsigned char *bytes, int length)
{
	while (length > 64 && !bytes[length - 1]) length--;
	for (int i = 0; i < length; i++) printf("%02x%s", bytes[i], i % 32 == 31 ? "\n" : "");
	if (length % 32) printf("\n");
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = on_alarm };
	if (argc < 4) return 2;
	const char *what = argv[1], *how = argc > 4 ? argv[4] : "";
	int flags = O_RDONLY;
	if (!strcmp(what, "rdnb")) flags |= O_NONBLOCK;
	if (!strcmp(what, "write")) flags = O_WRONLY | (how[0] == 't' ? O_TRUNC : 0) | (how[0] == 'a' ? O_APPEND : 0);
	sigaction(SIGALRM, &action, 0);
	int fd = open(argv[2], flags);
	if (fd < 0) {
		printf("open %s\n", strerrorname_np(errno));
		return 1;
	}
	if (!strcmp(what, "poll")) {
		struct pollfd poller = { fd, POLLIN | POLLPRI | POLLOUT, 0 };
		int ready = poll(&poller, 1, atoi(argv[3]));
		printf("poll=%d revents=%#x\n", ready, poller.revents);
	} else if (!strcmp(what, "write")) {
		int count = write(fd, argv[3], strlen(argv[3]));
		printf("write=%d %s\n", count, count < 0 ? strerrorname_np(errno) : "");
	} else {
		int length = atoi(argv[3]), times = argc > 4 ? atoi(argv[4]) : 1;
		unsigned char *bytes = malloc(length + 1);
		while (times--) {
			alarm(2);
			int count = read(fd, bytes, length), error = errno;
			alarm(0);
			printf("read=%d %s\n", count, count < 0 ? strerrorname_np(error) : "");
			if (count > 0) print_hex(bytes, count);
			if (count <= 0) break;
		}
	}
	return 0;
}
