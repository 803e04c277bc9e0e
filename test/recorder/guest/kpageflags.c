/* kpageflags: how many pages have each value of /proc/kpageflags, and the first of them, in the order of the first. */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

enum { MAX_VALUES = 4096, CHUNK = 512 };

static struct { uint64_t value; long count, first; } seen[MAX_VALUES];

int main(void)
{
	int fd = open("/proc/kpageflags", O_RDONLY), values = 0;
	uint64_t words[CHUNK];
	long pfn = 0, length;

	while ((length = read(fd, words, sizeof words)) > 0)
		for (long i = 0; i < length / 8; i++, pfn++) {
			int n = 0;
			while (n < values && seen[n].value != words[i])
				n++;
			if (n == MAX_VALUES)
				return 1;
			if (n == values) {
				seen[values].value = words[i];
				seen[values++].first = pfn;
			}
			seen[n].count++;
		}
	printf("pages %ld\n", pfn);
	for (int n = 0; n < values; n++)
		printf("0x%016lx %8ld first 0x%lx\n", seen[n].value, seen[n].count, seen[n].first);
	return length < 0;
}
