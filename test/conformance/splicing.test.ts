import { chmod } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import buildOnce from '../e2e/support/build-once.ts';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeMount, makePlace } from '../e2e/support/mounts.ts';
import { compileRecorded } from '../support/compile.ts';
import { kernelsWith, recording } from '../support/recording.ts';

const { startDaemon } = daemonsBy('dev-fuse');

/** A call on a file: the line of the script, the call, and its answer. */
interface Call {
  readonly about: string;
  readonly call: string;
  readonly answer: string;
}

function callsOf(text: string): Call[] {
  let about = '';
  return text.trimEnd().split('\n').flatMap((line) => {
    const [, call, answer] = /^ {2}(.*?) => (.*)$/s.exec(line) ?? [];
    if (call !== undefined && answer !== undefined) return [{ about, call, answer }];
    about = line;
    return [];
  });
}

/**
 * What FUSE cannot answer as Linux does: the calls (`about: call`), the answers of Linux and of the mount, and how often it is in the
 * recording of 7.3. Older kernels lack some of the files, so it is there as often at most.
 */
const LIMITS: readonly (readonly [why: string, call: RegExp, linux: RegExp, mount: RegExp, count: number])[] = [
  ['FUSE maps privately whatever file there is', /: mmap private$/, /^ENODEV$|^EIO$/, /^mapped$/, 19],
  ['FUSE refuses shared mappings with ENODEV', /^read proc\/(?!sys\/).*: mmap shared$/, /^EIO$/, /^ENODEV$/, 7],
  ['a server does not learn where a page read begins', /^read proc\/sys\/vm\/\w+: sendfile after a byte$/, /^0$/, /^the rest$/, 2],
  ['a server does not learn where a page read ends', /^read proc\/sys\/vm\/\w+: sendfile by the byte$/, /^1$/, /^as read, whole$/, 2],
  ['a server does not learn that a write is by splice', /^write (proc\/sysrq-trigger|sys\/kernel\/debug\/.*enable|dev\/kmsg) .*: (splice|sendfile) into it$/,
    /^EINVAL$/, /^[125]$/, 6],
  ['so it changes the value', /^write sys\/kernel\/debug\/.*: value$/, /^0$/, /^1$/, 2],
  ['kmsg is a regular file', /dev\/kmsg.*: copy_file_range/, /^EINVAL$/, /^EXDEV$/, 2],
  ['Linux sees to SEEK_END by itself', /^read proc\/(?!sys\/).*: lseek to the end$/, /^EINVAL$/, /^0$|^its length$|^14$/, 7],
];

/** On 6.1 the text of vmstat grew while it was recorded, byte by byte. */
const CHANGING = /^read proc\/vmstat: sendfile by the byte => as read, whole, on Linux \d+$/;

describeMount('sendfile(2), splice(2), copy_file_range(2), mmap(2)', () => {
  beforeAll(buildOnce);

  it.for(kernelsWith('splicing.KERNEL.txt'))('answer as on Linux %s, but for what FUSE cannot', async (kernel, context) => {
    const program = await compileRecorded('splicing.c');
    if (program === undefined) {
      context.skip('no C compiler to make splicing of: apt-get install gcc libc6-dev');
      return;
    }
    const place = await makePlace();
    try {
      await chmod(place.directory, 0o755);
      const daemon = await startDaemon(place, { options: ['--profile', kernel, '--memory', '1G'] });
      const { stdout, stderr } = await daemon.sh('exec "$1" .', [program.path], { input: recording('splicing.script.txt') });
      await daemon.stop();
      expect(stderr).toBe('');
      const linux = callsOf(recording(`splicing.${kernel}.txt`));
      const mount = callsOf(stdout);
      const named = ({ about, call }: Call): string => `${about}: ${call}`;
      expect(mount.map(named)).toEqual(linux.map(named));
      const met = new Map<string, number>(LIMITS.map(([why]) => [why, 0]));
      const others: string[] = [];
      for (const [index, expected] of linux.entries()) {
        const answer = mount[index]?.answer ?? '';
        if (answer === expected.answer) continue;
        const limit = LIMITS.find(([, call, before, after]) => call.test(named(expected)) && before.test(expected.answer) && after.test(answer));
        if (limit === undefined) others.push(`${named(expected)} => ${answer}, on Linux ${expected.answer}`);
        else met.set(limit[0], (met.get(limit[0]) ?? 0) + 1);
      }
      expect(others.filter((line) => !CHANGING.test(line))).toEqual([]);
      if (kernel === '7.3') expect([...met]).toEqual(LIMITS.map(([why, , , , count]) => [why, count]));
      for (const [why, , , , count] of LIMITS) expect({ why, over: Math.max(0, (met.get(why) ?? 0) - count) }).toEqual({ why, over: 0 });
    } finally {
      await place.remove();
      await program.remove();
    }
  });
});
