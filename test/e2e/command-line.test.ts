import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runMain } from './support/daemon.ts';
import { describeMount, makePlace } from './support/mounts.ts';

const REPORT_STARTS = fileURLToPath(new URL('support/report-starts.mjs', import.meta.url));
const environment = { NODE_OPTIONS: `--import=${REPORT_STARTS}` };

it.each([
  [['mount', '--help'], 0],
  [['mount', '/mnt', '--help'], 0],
  [['mount'], 2],
  [['mount', '/mnt', '--memori', '1G'], 2],
  [['mount', '/mnt', '--memory', '1'], 2],
  [['mount', '/mnt', '--sysctl', 'vm.nonsense=1'], 2],
  [['mount', '/mnt', '--subtree', 'nowhere'], 2],
  [['mount', '/mnt', '--config', '/nowhere'], 2],
  [['mount', '/mnt', '--machine', '/nowhere'], 2],
])('%j starts no thread and no process', async (words, status) => {
  const result = await runMain(words, { environment });
  expect({ status: result.status, started: result.stderr.match(/^started.*/gm) }).toEqual({ status, started: null });
});

describeMount('a command line that is valid', () => {
  it('starts some, which is reported here', async () => {
    const place = await makePlace();
    try {
      // The path of the log is refused only after the thread has started.
      const { status, stderr } = await runMain(['mount', place.mountPoint, '--log', place.directory], { environment });
      expect(status).toBe(1);
      expect(stderr).toMatch(/^started: thread .*serving-thread\.js$/m);
      expect(stderr).toMatch(/^started: process .*node$/m);
    } finally {
      await place.remove();
    }
  });
});
