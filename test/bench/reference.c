// The same kind of filesystem in C on libfuse3, for comparison: directories /proc/sys/vm with the files of vm in them, each of size 0, opened
// with direct_io, read as a number and written as one, checked as proc_dointvec_minmax() does. It uses libfuse's low-level API, which is the
// faster one: no paths are made of inode numbers, no table of open files is kept. Linux remembers names and attributes as long as with vmsysctld,
// and asks for no flush, which nobody answers.
//
//   reference MNT [single|multi]
//
// In the foreground, until SIGTERM or SIGINT: `single` serves all from one thread, `multi` (libfuse's default) from as many as there are requests.
#define FUSE_USE_VERSION 312
#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REMEMBERED 3600.0
#define LOWEST 0
#define HIGHEST 200

static const char *const names[] = {
	"admin_reserve_kbytes", "compact_memory", "compaction_proactiveness", "dirty_background_bytes", "dirty_background_ratio", "dirty_bytes",
	"dirty_expire_centisecs", "dirty_ratio", "drop_caches", "extfrag_threshold", "laptop_mode", "max_map_count", "memory_failure_early_kill",
	"memory_failure_recovery", "min_free_kbytes", "nr_hugepages", "oom_dump_tasks", "oom_kill_allocating_task", "overcommit_kbytes",
	"overcommit_memory", "overcommit_ratio", "page-cluster", "panic_on_oom", "panic_on_unrecoverable_memory_failure", "stat_interval",
	"swappiness", "user_reserve_kbytes", "vfs_cache_pressure", "watermark_boost_factor", "watermark_scale_factor", "zone_reclaim_mode",
};
#define FILES (sizeof names / sizeof *names)
static int values[FILES];

// Inode numbers: the directories, and from FIRST_FILE on the files.
enum { ROOT = FUSE_ROOT_ID, PROC, SYS, VM, FIRST_FILE };
static const struct { const char *name; fuse_ino_t parent; } directories[] = {
	[ROOT] = { "", ROOT }, [PROC] = { "proc", ROOT }, [SYS] = { "sys", PROC }, [VM] = { "vm", SYS },
};

static struct stat attributes(fuse_ino_t ino)
{
	return (struct stat){ .st_ino = ino, .st_mode = ino < FIRST_FILE ? S_IFDIR | 0555 : S_IFREG | 0644, .st_nlink = ino < FIRST_FILE ? 2 : 1 };
}

static fuse_ino_t find(fuse_ino_t parent, const char *name)
{
	for (fuse_ino_t ino = PROC; ino <= VM; ino++)
		if (directories[ino].parent == parent && strcmp(directories[ino].name, name) == 0)
			return ino;
	for (size_t i = 0; parent == VM && i < FILES; i++)
		if (strcmp(names[i], name) == 0)
			return FIRST_FILE + i;
	return 0;
}

static void lookup(fuse_req_t request, fuse_ino_t parent, const char *name)
{
	struct fuse_entry_param entry = { .ino = find(parent, name), .attr_timeout = REMEMBERED, .entry_timeout = REMEMBERED };
	entry.attr = attributes(entry.ino);
	if (entry.ino == 0)
		fuse_reply_err(request, ENOENT);
	else
		fuse_reply_entry(request, &entry);
}

static void getattr(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *unused)
{
	(void)unused;
	struct stat status = attributes(ino);
	fuse_reply_attr(request, &status, REMEMBERED);
}

// A truncation that does not come with open.
static void setattr(fuse_req_t request, fuse_ino_t ino, struct stat *unused, int to_set, struct fuse_file_info *info)
{
	(void)unused;
	if (to_set & (FUSE_SET_ATTR_MODE | FUSE_SET_ATTR_UID | FUSE_SET_ATTR_GID))
		fuse_reply_err(request, EPERM);
	else
		getattr(request, ino, info);
}

static void open_file(fuse_req_t request, fuse_ino_t ino, struct fuse_file_info *info)
{
	(void)ino;
	info->direct_io = 1;
	fuse_reply_open(request, info);
}

static void read_file(fuse_req_t request, fuse_ino_t ino, size_t size, off_t position, struct fuse_file_info *unused)
{
	(void)unused;
	char text[16];
	size_t length = snprintf(text, sizeof text, "%d\n", values[ino - FIRST_FILE]);
	if (position != 0)
		length = 0;
	fuse_reply_buf(request, text, length < size ? length : size);
}

// Anything but the start of the file is past what a number can stand in: taken, and without effect.
static void write_file(fuse_req_t request, fuse_ino_t ino, const char *data, size_t size, off_t position, struct fuse_file_info *unused)
{
	(void)unused;
	char text[32], *end;
	if (position != 0) {
		fuse_reply_write(request, size);
		return;
	}
	size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
	memcpy(text, data, length);
	text[length] = '\0';
	long value = strtol(text, &end, 10);
	if (end == text || (*end != '\0' && !strchr(" \t\n", *end)) || value < LOWEST || value > HIGHEST) {
		fuse_reply_err(request, EINVAL);
		return;
	}
	values[ino - FIRST_FILE] = value;
	fuse_reply_write(request, size);
}

static const struct fuse_lowlevel_ops operations = {
	.lookup = lookup, .getattr = getattr, .setattr = setattr, .open = open_file, .read = read_file, .write = write_file,
};

int main(int argc, char **argv)
{
	int multi = argc == 3 && strcmp(argv[2], "multi") == 0;
	if (argc != 3 || (!multi && strcmp(argv[2], "single") != 0)) {
		fprintf(stderr, "usage: reference MNT single|multi\n");
		return 2;
	}
	for (size_t i = 0; i < FILES; i++)
		values[i] = 60;
	char *options[] = { argv[0], "-ofsname=reference,default_permissions" };
	struct fuse_args arguments = FUSE_ARGS_INIT(2, options);
	struct fuse_session *session = fuse_session_new(&arguments, &operations, sizeof operations, NULL);
	if (!session || fuse_set_signal_handlers(session) != 0 || fuse_session_mount(session, argv[1]) != 0)
		return 1;
	puts("ready");
	fflush(stdout);
	struct fuse_loop_config *config = fuse_loop_cfg_create();
	int result = multi ? fuse_session_loop_mt(session, config) : fuse_session_loop(session);
	fuse_loop_cfg_destroy(config);
	fuse_session_unmount(session);
	fuse_remove_signal_handlers(session);
	fuse_session_destroy(session);
	fuse_opt_free_args(&arguments);
	return result < 0;
}
