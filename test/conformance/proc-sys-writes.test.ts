import { expect, test } from 'vitest';
import { compareWrites, RECORDED_KERNELS, recordedRowsOf } from '../support/recorded-writes.ts';

/** Depends on how much memory happened to be free; `panic` was on that machine's command line. */
const GIVEN_BOOT_VALUE = [
  'fs/epoll/max_user_watches', 'fs/fanotify/max_user_marks', 'fs/file-max', 'fs/inotify/max_user_watches', 'kernel/panic', 'kernel/threads-max',
  'user/max_fanotify_marks', 'user/max_inotify_watches', 'vm/user_reserve_kbytes', 'vm/admin_reserve_kbytes',
  ...['binfmt_misc_interpreters', 'cgroup_namespaces', 'ipc_namespaces', 'mnt_namespaces', 'net_namespaces', 'pid_namespaces',
    'time_namespaces', 'user_namespaces', 'uts_namespaces'].map((limit) => `user/max_${limit}`),
];

/** The recorder started programs all the time, so that it left out what the file shows. */
const masked = (path: string, text: string): string => (path === 'kernel/ns_last_pid' ? 'a pid\n' : text);

/** The log is text: a byte that is not UTF-8 has its Latin-1 character there, which /dev/kmsg shows as two bytes. One write logs such a byte. */
const NOT_UTF8 = '\u00ff\n';

/** The least that is compared. */
const LEAST = { '7.3': { count: 15_794, files: 244 }, '6.12': { count: 1600, files: 25 }, '6.1': { count: 2400, files: 35 } };

test.each(RECORDED_KERNELS)('every write to a file of /proc/sys but net does what it did on %s, to the file, to others and to the log', (kernel) => {
  const { count, files, wrong } = compareWrites({
    profile: kernel, rows: recordedRowsOf(kernel, 'sysctl-all'), chosen: (path) => !path.startsWith('net/'), givenBootValue: GIVEN_BOOT_VALUE, masked,
    showOthers: ['kernel/watchdog', 'kernel/soft_watchdog', 'kernel/panic_sys_info'],
  });
  const wrongWrites = wrong.filter(({ write }) => write !== undefined).length;
  console.log(`${kernel}, /proc/sys but net: ${count - wrongWrites} of ${count} writes to ${files} files identical`);
  expect(wrong.filter(({ write }) => write !== NOT_UTF8).slice(0, 60)).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(LEAST[kernel].count);
  expect(files).toBeGreaterThanOrEqual(LEAST[kernel].files);
});
