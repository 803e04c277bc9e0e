// Load on one file: does one operation on it again and again from some threads, for some time, and prints in one line how often that went
// well, in how many nanoseconds, and how many nanoseconds of CPU it took here and in the server.
//
//   load OPERATION FILE TEXT THREADS MILLISECONDS CPU SERVER
//
// OPERATION is open-read-close, open-write-close, pread or pwrite; TEXT is what is written, or begins what must be read. All threads run on
// that one CPU, where the server is to be as well: what one of them does the other cannot do meanwhile, so that the numbers are the cost of
// an operation as a whole, whatever the machine's other CPUs are at. SERVER is the server's pid, or 0 where there is none. An operation that
// fails, or reads something else, ends it all with status 1.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *file, *text;
static size_t text_length;
static atomic_int stop;

static void fail(const char *what)
{
	fprintf(stderr, "load: %s %s: %s\n", what, file, strerror(errno));
	exit(1);
}

static int open_or_fail(int flags)
{
	int fd = open(file, flags | O_CLOEXEC);
	if (fd < 0)
		fail("open");
	return fd;
}

static void check_read(ssize_t length, const char *buffer)
{
	if (length < 0)
		fail("read");
	if (length == 0 || strncmp(buffer, text, text_length) != 0) {
		errno = EBADMSG;
		fail("what was read of");
	}
}

static void check_write(ssize_t length)
{
	if (length < 0)
		fail("write");
	if ((size_t)length != text_length) {
		errno = EIO;
		fail("short write to");
	}
}

static void open_read_close(int unused)
{
	char buffer[64];
	(void)unused;
	int fd = open_or_fail(O_RDONLY);
	check_read(read(fd, buffer, sizeof buffer), buffer);
	close(fd);
}

// As a shell's `echo 60 > FILE` does it.
static void open_write_close(int unused)
{
	(void)unused;
	int fd = open_or_fail(O_WRONLY | O_TRUNC);
	check_write(write(fd, text, text_length));
	close(fd);
}

static void pread_only(int fd)
{
	char buffer[64];
	check_read(pread(fd, buffer, sizeof buffer, 0), buffer);
}

static void pwrite_only(int fd)
{
	check_write(pwrite(fd, text, text_length, 0));
}

static const struct operation {
	const char *name;
	void (*once)(int fd);
	int flags; // of the descriptor it works on; -1 where it opens its own
} operations[] = {
	{ "open-read-close", open_read_close, -1 },
	{ "open-write-close", open_write_close, -1 },
	{ "pread", pread_only, O_RDONLY },
	{ "pwrite", pwrite_only, O_WRONLY },
};

static const struct operation *operation;

static void *work(void *counted)
{
	int fd = operation->flags < 0 ? -1 : open_or_fail(operation->flags);
	uint64_t count = 0;
	while (!atomic_load_explicit(&stop, memory_order_relaxed)) {
		operation->once(fd);
		count++;
	}
	if (fd >= 0)
		close(fd);
	*(uint64_t *)counted = count;
	return NULL;
}

static uint64_t nanoseconds(clockid_t clock)
{
	struct timespec now;
	if (clock_gettime(clock, &now) != 0)
		fail("clock of the server of");
	return now.tv_sec * UINT64_C(1000000000) + now.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 8) {
		fprintf(stderr, "usage: load OPERATION FILE TEXT THREADS MILLISECONDS CPU SERVER\n");
		return 2;
	}
	file = argv[2];
	text = argv[3];
	text_length = strlen(text);
	int threads = atoi(argv[4]), milliseconds = atoi(argv[5]), server = atoi(argv[7]);
	for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
		if (strcmp(operations[i].name, argv[1]) == 0)
			operation = &operations[i];
	if (!operation || threads < 1 || threads > 1024 || milliseconds < 1) {
		fprintf(stderr, "load: bad operation, number of threads or of milliseconds\n");
		return 2;
	}
	cpu_set_t cpus;
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[6]), &cpus);
	if (sched_setaffinity(0, sizeof cpus, &cpus) != 0)
		fail("sched_setaffinity for");
	clockid_t server_clock;
	if (server != 0 && (errno = clock_getcpuclockid(server, &server_clock)) != 0)
		fail("clock of the server of");

	pthread_t ids[threads];
	uint64_t counts[threads], all = 0;
	uint64_t server_before = server != 0 ? nanoseconds(server_clock) : 0, own_before = nanoseconds(CLOCK_PROCESS_CPUTIME_ID);
	uint64_t before = nanoseconds(CLOCK_MONOTONIC);
	for (int i = 0; i < threads; i++)
		if ((errno = pthread_create(&ids[i], NULL, work, &counts[i])) != 0)
			fail("pthread_create for");
	struct timespec duration = { milliseconds / 1000, milliseconds % 1000 * 1000000L };
	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &duration, &duration) == EINTR)
		;
	atomic_store(&stop, 1);
	for (int i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		all += counts[i];
	}
	uint64_t after = nanoseconds(CLOCK_MONOTONIC);
	printf("%llu %llu %llu %llu\n", (unsigned long long)all, (unsigned long long)(after - before),
	       (unsigned long long)(nanoseconds(CLOCK_PROCESS_CPUTIME_ID) - own_before),
	       (unsigned long long)(server != 0 ? nanoseconds(server_clock) - server_before : 0));
	return 0;
}
