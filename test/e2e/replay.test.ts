import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReplayEvent } from '../../src/replay/history/event.ts';
import { EXCERPTS, excerptText } from '../support/excerpts.ts';
import { describeChromium, openPage } from './support/chromium.ts';
import { MAIN, startDaemon } from './support/daemon.ts';
import { describeDaemon, describeMount, makePlace } from './support/mounts.ts';
import { sh, type ShellResult } from './support/shell.ts';

const SLAB = excerptText('fbk-slab-full');
const HOST = (host: string, text: string): string => text.replace(/^\s*/gm, '').replace(/^(?=\[)/gm, `Mar 20 13:13:08 ${host} kernel: `);

let directory = '';
const inDirectory = (name: string): string => join(directory, name);

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vmsysctld-replay-'));
  await mkdir(inDirectory('all'));
  for (const { id } of EXCERPTS) {
    await writeFile(inDirectory(`all/${id}.log`), excerptText(id));
  }
  await writeFile(inDirectory('slab.log'), SLAB);
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

/** Runs `vmsysctld replay`, in the directory. */
function replay(words: readonly string[], input = ''): Promise<ShellResult> {
  return sh('exec "$@"', [process.execPath, MAIN, 'replay', ...words], { cwd: directory, input });
}

/** The events that `--json` prints. */
async function events(words: readonly string[], input = ''): Promise<ReplayEvent[]> {
  const { stdout, stderr, status } = await replay([...words, '--json'], input);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as ReplayEvent);
}

describe('vmsysctld replay reads', () => {
  it('a directory, a file and standard input alike', async () => {
    const whole = await events(['all']);
    expect(whole.length).toBeGreaterThan(70);
    expect(new Set(whole.map(({ source }) => source.file)).size).toBeGreaterThan(40);
    const [event] = await events(['slab.log']);
    expect(event).toMatchObject({ pfn: '0x40272d', source: { file: 'slab.log', line: 12 }, crash: { after: 67.348507 } });
    expect(await events([], SLAB)).toEqual([{ ...event, source: { ...event?.source, file: '-' }, crash: { ...event?.crash, source: { file: '-', line: 13 } } }]);
    expect(await events(['-'], SLAB)).toHaveLength(1);
    expect(await events(['slab.log', './slab.log', 'slab.log'])).toHaveLength(2);
  });

  it('prints all of it for one who reads slowly, and waits instead of keeping it', async () => {
    const lines = Array.from({ length: 4000 }, (_, n) => `[${(100 + n).toFixed(6).padStart(12)}] Memory failure: 0x${(4096 + n).toString(16)}: recovery action for dirty LRU page: Recovered\n`);
    await writeFile(inDirectory('many.log'), lines.join(''));
    const { stdout } = await sh('for form in --json --csv --scenario; do "$@" replay many.log $form | { sleep 1; grep -c 0x; }; done', [process.execPath, MAIN], { cwd: directory });
    expect(stdout).toBe('4000\n4000\n12000\n');
  });

  it.each(['gzip', 'xz', 'zstd', 'bzip2'])('what %s has packed, from a file and from a pipe', async (tool) => {
    const packed = await sh('command -v "$1" > /dev/null || exit 99; "$1" -c < slab.log > packed.log && cat packed.log | "$2" "$3" replay --json', [tool, process.execPath, MAIN], { cwd: directory });
    if (packed.status === 99) {
      console.warn(`SKIPPED: logs packed with ${tool}: there is no ${tool}`);
      return;
    }
    expect(packed.stdout).toContain('0x40272d');
    expect(await events(['packed.log'])).toHaveLength(1);
  });

  it('several members of one gzip, and what is whole of one that is cut off', async () => {
    await writeFile(inDirectory('members.gz'), Buffer.concat([gzipSync(SLAB), gzipSync(SLAB.replaceAll('0x40272d', '0x2'))]));
    expect((await events(['members.gz'])).map(({ pfn }) => pfn)).toEqual(['0x40272d', '0x2']);
    const noise = Array.from({ length: 30_000 }, (_, n) => `[${n}.000000] ${Math.sin(n)}`).join('\n');
    await writeFile(inDirectory('cut.gz'), gzipSync(`${SLAB}${noise}`).subarray(0, 200_000));
    const cut = await replay(['cut.gz', '--json']);
    expect(cut.status).toBe(1);
    expect(cut.stdout.trim().split('\n')).toHaveLength(1);
    expect(cut.stderr).toMatch(/^vmsysctld: cut\.gz: ends before it should \(.*\): read up to there\n$/);
    expect((await replay(['cut.gz'])).stdout).toContain('1 packed file ending too early');
  });

  it('says what it could not read, reads the rest, and exits 1', async () => {
    await mkdir(inDirectory('some'), { recursive: true });
    await writeFile(inDirectory('some/a.log'), SLAB);
    await writeFile(inDirectory('some/b.xz'), Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 1, 2, 3]));
    const { status, stdout, stderr } = await sh('PATH=/nonexistent exec "$@"', [process.execPath, MAIN, 'replay', 'some', '--json'], { cwd: directory });
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stderr).toBe('vmsysctld: some/b.xz: it is packed with xz, which needs the tool xz: install it\n');
    expect(status).toBe(1);
  });

  it('each thing below a directory by itself, and the status says that not all was read', async () => {
    await mkdir(inDirectory('race/closed'), { recursive: true });
    await writeFile(inDirectory('race/a.log'), SLAB);
    await symlink('gone', inDirectory('race/vanished.log'));
    const { status, stdout, stderr } = await replay(['race', '--fail-on', 'would-panic']);
    expect(stderr).toBe('vmsysctld: cannot read race/vanished.log: it does not exist\n');
    expect(status).toBe(1);
    expect(stdout).toContain('1 memory failure on 1 host');
    expect(stdout).toContain('1 file not readable');
    expect((await replay(['race', '--summary', 'race.json'])).status).toBe(1);
    expect((await replay(['--merge', 'race.json'])).status).toBe(1);
  });

  it('what is before junk in a packed file', async () => {
    await writeFile(inDirectory('junk.gz'), Buffer.concat([gzipSync(SLAB), Buffer.from('junk\n')]));
    const { status, stdout, stderr } = await replay(['junk.gz', '--json']);
    expect(stdout).toContain('0x40272d');
    expect(stderr).toMatch(/^vmsysctld: junk\.gz: is not gzip any more after \d+ bytes: read up to there\n$/);
    expect(status).toBe(1);
  });

  it('the other files, whatever stands in one', async () => {
    await mkdir(inDirectory('absurd'), { recursive: true });
    await writeFile(inDirectory('absurd/a.json'), `${JSON.stringify({ __REALTIME_TIMESTAMP: '9999999999999999999', _TRANSPORT: 'kernel', MESSAGE: 'Memory failure: 0x1: recovery action for huge page: Failed' })}\n`);
    await writeFile(inDirectory('absurd/b.log'), SLAB);
    const { status, stdout, stderr } = await replay(['absurd']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('2 files, 16 lines');
    expect(stdout).toContain('1 memory failure on 1 host');
  });

  it('no year out of thin air: that of the file', async () => {
    await writeFile(inDirectory('old.log'), HOST('db1', SLAB));
    await utimes(inDirectory('old.log'), new Date('2019-05-01'), new Date('2019-05-01'));
    expect((await events(['old.log']))[0]?.time).toBe('2019-03-20T13:13:08.000');
  });

  it('hosts from paths, and only those asked for', async () => {
    for (const host of ['db1', 'db2']) {
      await mkdir(inDirectory(`fleet/${host}`), { recursive: true });
      await writeFile(inDirectory(`fleet/${host}/dmesg.log`), SLAB);
    }
    expect((await events(['fleet', '--host-from-path'])).map(({ host }) => host)).toEqual(['db1', 'db2']);
    expect((await events(['fleet', '--host-from-path', '--host', '2$'])).map(({ host }) => host)).toEqual(['db2']);
    expect((await replay(['fleet', '--host-from-path'])).stdout).toMatch(/on 2 hosts\n/);
    // Without hosts they count as two captures of one host.
    expect((await events(['fleet'])).map(({ duplicate_of: original }) => original?.file)).toEqual([undefined, 'fleet/db1/dmesg.log']);
  });
});

describe('vmsysctld replay answers', () => {
  it('with a table that says what there is', async () => {
    const { stdout } = await replay(['slab.log']);
    expect(stdout).toContain('1 file, 15 lines, 1.3 kB: 1 memory failure on 1 host');
    expect(stdout).toMatch(/undecidable +1 +1\n/);
    expect(stdout).toContain('67.3 s later: Internal error: synchronous external abort');
    expect((await replay(['slab.log', '--policy', '7.3'])).stdout).not.toContain('v4');
    expect((await replay([], 'nothing\n')).stdout).toBe('1 file, 1 line, 8 bytes: no memory failure\n');
  });

  it('with the policy asked for alone', async () => {
    expect((await events(['slab.log', '--policy', 'v4']))[0]?.verdict).toEqual({ v4: 'undecidable' });
  });

  it('with status 3 where something would panic, and only then', async () => {
    const result = 'Memory failure: 0x1: recovery action for high-order kernel page: Ignored\n';
    const status = async (words: readonly string[], input: string): Promise<number | null> => (await replay([...words, '--fail-on', 'would-panic'], input)).status;
    expect(await status([], result)).toBe(3);
    expect(await status(['--json'], result)).toBe(3);
    expect(await status(['--policy', '7.3'], result)).toBe(0);
    expect(await status([], SLAB)).toBe(0);
    expect(await status([], `${result}Unpoison: Software-unpoisoned page 0x1\n`)).toBe(0);
  });

  it('with CSV, a line each', async () => {
    const { stdout } = await replay(['slab.log', '--csv']);
    const [head, line, ...rest] = stdout.split('\n');
    expect(head).toMatch(/^time,uptime,host,kernel,pfn,type,result,v4,7\.3,reason,/);
    expect(line).toContain(',88690.498619,,,0x40272d,get hwpoison page,Ignored,undecidable,undecidable,');
    expect(rest).toEqual(['']);
  });

  it('with parts that add up to the whole, byte by byte', async () => {
    const files = EXCERPTS.map(({ id }) => `all/${id}.log`);
    await replay(['all', '--summary', 'whole.json', '--csv']);
    await replay([...files.filter((_, n) => n % 3 === 0), '--summary', 'a.json', '--csv']);
    await replay([...files.filter((_, n) => n % 3 !== 0), '--summary', 'b.json', '--csv']);
    const merged = await replay(['--merge', 'b.json', 'a.json', '--summary', 'merged.json']);
    expect(merged.stdout).toBe((await replay(['all'])).stdout);
    expect(await readFile(inDirectory('merged.json'), 'utf8')).toBe(await readFile(inDirectory('whole.json'), 'utf8'));
  });

  it('as a filter, and stops when nobody reads on', async () => {
    const { stdout, status } = await sh(
      'yes "Memory failure: 0x1: recovery action for clean LRU page: Recovered" | "$1" "$2" replay --json | head -n 2; echo "${PIPESTATUS[2]}"', [process.execPath, MAIN],
    );
    expect(status).toBe(0);
    expect(stdout.split('\n')).toHaveLength(4);
  });
});

describe('bad usage of vmsysctld replay', () => {
  it.each([
    [['--html', 'slab.log'], 'vmsysctld: --html slab.log would overwrite a file that is not a page of this program: name another file\n'],
    [['--summary', 'slab.log'], 'vmsysctld: --summary slab.log would overwrite a file that is not a summary of this program: name another file\n'],
    [['slab.log', '--html', './slab.log'], 'vmsysctld: --html ./slab.log would overwrite slab.log, which is to be read: name another file\n'],
  ])('%j would overwrite a log, and does not', async (words, line) => {
    expect(await replay(words, SLAB)).toMatchObject({ status: 2, stdout: '', stderr: line });
    expect(await readFile(inDirectory('slab.log'), 'utf8')).toBe(SLAB);
  });

  it.each<readonly [readonly string[], RegExp]>([
    [['nowhere.log'], /^vmsysctld: cannot read nowhere\.log: it does not exist\n$/],
    [['slab.log', 'nowhere.log', '--json'], /^vmsysctld: cannot read nowhere\.log: it does not exist\n$/],
    [['slab.log', '--json', '--csv'], /^vmsysctld: --json and --csv all write to standard output: give one of them\n$/],
    [['slab.log', '--policy', 'v5'], /^vmsysctld: .*v4, 7\.3.*both.*\n$/],
    [['slab.log', '--host', '('], /^vmsysctld: --host takes a regular expression, such as '\^db\[0-9\]\+', not '\('.*\n$/],
    [['slab.log', '--since', 'yesterday'], /^vmsysctld: --since takes a date or a time, such as 2026-11-23 or .*, not 'yesterday'\n$/],
    [['slab.log', '--crash-window', 'long'], /^vmsysctld: --crash-window takes a whole number of seconds, such as 300, not 'long'\n$/],
    [['slab.log', '--jsno'], /^vmsysctld: unknown option '--jsno', did you mean '--json'\?\n$/],
    [['--merge', 'slab.log'], /^vmsysctld: --merge: slab\.log: it is not JSON: give files that --summary wrote\n$/],
    [['all', '--scenario', '--host-from-path'], /^vmsysctld: --scenario re-enacts one host, and there are \d+: choose one with --host, such as --host '\^.*\$'\n$/],
  ])('%j is one line and status 2', async (words, line) => {
    const { status, stdout, stderr } = await replay(words);
    expect(stderr).toMatch(line);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  });

  it.each([[['slab.log', '--json']], [['slab.log']], [['slab.log', '--csv', '--html', '/dev/null']]])('a full disk behind standard output is one line and status 1: %j', async (words) => {
    const { status, stderr } = await sh('exec "$@" > /dev/full', [process.execPath, MAIN, 'replay', ...words], { cwd: directory });
    expect(stderr).toMatch(/^vmsysctld: cannot write to standard output: .*ENOSPC.*\n$/);
    expect(status).toBe(1);
  });

  it('a report that cannot be written is one line and status 1, before anything is read', async () => {
    const { status, stdout, stderr } = await replay(['slab.log', '--html', 'no/such/place.html']);
    expect(stderr).toBe('vmsysctld: cannot write no/such/place.html: it does not exist\n');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

describe('what a run needs', () => {
  /** The most memory, in kB, that a replay of a number of bytes of chatter from its standard input used at any time. */
  async function peak(megabytes: number): Promise<number> {
    const child = spawn(process.execPath, [MAIN, 'replay', '-', '--json'], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdout.resume();
    const chatter = Buffer.from('Nov 23 04:46:01 db1 kernel: [   14.111653] usb 1-1: new high-speed USB device number 4 using xhci_hcd\n'.repeat(10_000));
    const piece = Buffer.concat([chatter, Buffer.from('[    1.000000] Memory failure: 0x1: recovery action for clean LRU page: Recovered\n')]);
    let most = 0;
    for (let written = 0; written < megabytes * 1e6; written += piece.length) {
      if (!child.stdin.write(piece)) await once(child.stdin, 'drain');
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8')) ?? [];
      most = Math.max(most, Number(kilobytes));
    }
    child.stdin.end();
    await once(child, 'close');
    return most;
  }

  it('is no more memory for 200 MB than for 20', async () => {
    const little = await peak(20);
    const much = await peak(200);
    expect(little).toBeGreaterThan(10_000);
    expect(much).toBeLessThan(little * 1.4 + 10_000);
  });
});

describeMount('a scenario of a real log', () => {
  it('makes an emulated machine go through it, under either policy', async () => {
    const { stdout: script } = await replay(['slab.log', '--scenario']);
    await writeFile(inDirectory('scenario'), script);
    const armed = ['--sysctl', 'vm.panic_on_unrecoverable_memory_failure=1'];
    const ends: Record<string, string> = {};
    for (const profile of ['v4', '7.3']) {
      const place = await makePlace();
      try {
        const daemon = await startDaemon(place, { options: ['--profile', profile, ...armed] });
        await daemon.sh('cat "$1" > control', [inDirectory('scenario')]);
        await daemon.stop();
        ends[profile] = readFileSync(daemon.log, 'utf8').split('\n').filter((line) => /recovery action|not syncing|Internal error/.test(line) && !line.includes('[ end'))
          .map((line) => line.replace(/^\[.*?\] /, '')).join('; ');
      } finally {
        await place.remove();
      }
    }
    expect(ends).toEqual({
      v4: 'Memory failure: 0x40272d: recovery action for get hwpoison page: Ignored; Internal error: synchronous external abort: 0000000096000410 [#1] SMP; Kernel panic - not syncing: synchronous external abort: Fatal exception',
      '7.3': 'Memory failure: 0x40272d: recovery action for reserved kernel page: Ignored; Kernel panic - not syncing: Memory failure: 0x40272d: unrecoverable page',
    });
  });
});

describeDaemon('a scenario longer than what cat writes at once', (transport) => {
  it('is run whole by cat, though most of its commands fail', async () => {
    const endings = ['get hwpoison page: Ignored', 'reserved kernel page: Ignored', 'dirty LRU page: Recovered', 'free buddy page: Recovered', 'dirty swapcache page: Delayed'];
    const told = Array.from({ length: 8000 }, (_, n) => `Memory failure: 0x${(0x20000 + 4 * n).toString(16)}: recovery action for ${endings[n % endings.length]}`);
    await writeFile(inDirectory('long.log'), told.map((line, n) => `[${(100 + 10 * n).toFixed(6).padStart(12)}] ${line}\n`).join(''));
    const { stdout: script } = await replay(['long.log', '--scenario']);
    expect(script.length).toBeGreaterThan(1_000_000);
    const path = inDirectory(`scenario-${transport}`);
    await writeFile(path, script);
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place, { transport, options: ['--memory', '4G'] });
      expect(await daemon.sh('cat "$1" > control', [path])).toMatchObject({ status: 0, stderr: '' });
      await daemon.stop();
      const done = readFileSync(daemon.log, 'utf8').split('\n').filter((line) => line.includes('recovery action'));
      expect(done.map((line) => line.replace(/^\[.*?\] /, ''))).toEqual(told);
    } finally {
      await place.remove();
    }
  });
});

describeChromium('the page', () => {
  /** Counts what is drawn, from inside the page, and writes it where --dump-dom shows it. */
  const PROBE = `<script>
    document.body.dataset.canvases = JSON.stringify([...document.querySelectorAll('canvas')].map((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const colors = new Set();
      for (let at = 0; at < data.length; at += 4) if (data[at + 3] === 255) colors.add([data[at], data[at + 1], data[at + 2]].join());
      return [canvas.id, ['198,40,40', '249,168,37', '120,144,156'].filter((color) => colors.has(color)).length];
    }));
    const find = document.getElementById('search');
    find.value = 'd_lookup'; find.dispatchEvent(new Event('input'));
    document.body.dataset.found = document.getElementById('shown').textContent;
    find.value = '0x40272d'; find.dispatchEvent(new Event('input'));
    document.body.dataset.foundPfn = document.getElementById('shown').textContent;
  </script></body>`;

  it('opens offline, draws its charts, lists and finds failures, and complains of nothing', async () => {
    await writeFile(inDirectory('all/hostile.log'), '[    7.000000] Memory failure: 0x7: Sending SIGBUS to <img src=x onerror=document.title=1>:7 due to hardware memory corruption\n[    7.100000] Memory failure: 0x7: recovery action for dirty LRU page: Recovered\n</script><script>document.title=2</script>\n');
    const { stderr, status } = await replay(['all', '--html', 'report.html', '--csv']);
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const page = await readFile(inDirectory('report.html'), 'utf8');
    expect(page).not.toMatch(/(?:src|href)="?(?:https?:)?\/\//);
    await writeFile(inDirectory('probe.html'), page.replace('</body>', PROBE));
    const { dom, complaints } = await openPage(inDirectory('probe.html'));
    expect(complaints).toEqual([]);
    expect(dom).toContain('data-drawn="yes"');
    const canvases = JSON.parse((/data-canvases="([^"]*)"/.exec(dom)?.[1] ?? '[]').replaceAll('&quot;', '"')) as [string, number][];
    // Each has red, amber and grey.
    expect(canvases).toEqual([['types-v4', 3], ['types-7.3', 3], ['timeline', 3]]);
    const rows = (await events(['all'])).length;
    expect(dom).toContain(`data-found-pfn="5 of ${rows}"`);
    expect(dom).toContain('<title>Memory failures that would have panicked</title>');
    expect(dom).toContain('&lt;img src=x onerror=document.title=1&gt;:7');
    const screenshot = inDirectory('page.png');
    await openPage(inDirectory('report.html'), screenshot);
    expect(existsSync(screenshot)).toBe(true);
  });
});
