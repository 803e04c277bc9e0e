import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { recording } from '../support/recording.ts';
import { type Daemon, daemonsBy } from './support/daemon.ts';
import { describeDaemon } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const SYSCTL = 'proc/sys/vm/panic_on_unrecoverable_memory_failure';
const WRITE_AND_COMPARE = fileURLToPath(new URL('../support/write-and-compare.pl', import.meta.url));

/** The log without time stamps, from the boot banner's end on. */
async function messages(daemon: Daemon): Promise<string[]> {
  const lines = (await readFile(daemon.log, 'utf8')).trimEnd().split('\n');
  return lines.map((line) => line.replace(/^\[ *\d+\.\d{6}\] /, '')).filter((line) => !/^(Linux version|Command line:) /.test(line));
}

describeDaemon('the main job', (transport) => {
  const { withDaemon } = daemonsBy(transport);

  it('the production event of the cover letter, under v4: Ignored, EBUSY, and the crash when the page is read', async () => {
    await withDaemon({ options: ['--memory', '32G', '--profile', 'v4'] }, async (daemon) => {
      const before = await daemon.sh(
        `echo 1 > ${SYSCTL}; echo 'page pfn=0x40272d type=slab' > control; echo 'inject pfn=0x40272d' > control`,
      );
      expect(before.stderr).toBe('bash: line 1: echo: write error: Device or resource busy\n');
      expect(await messages(daemon)).toEqual([
        'Memory failure: 0x40272d: unhandlable page.',
        'Memory failure: 0x40272d: recovery action for get hwpoison page: Ignored',
      ]);
      const crash = await daemon.sh("echo 'access pfn=0x40272d' > control");
      expect(crash.stderr).toBe('bash: line 1: echo: write error: Input/output error\n');
      expect(await messages(daemon)).toEqual(
        expect.arrayContaining(['Internal error: synchronous external abort: 0000000096000410 [#1] SMP', 'pc : d_lookup+0x5c/0x220']),
      );
    });
  });

  it('the same under 7.3: a panic at once', async () => {
    await withDaemon({ options: ['--memory', '32G', '--profile', '7.3'] }, async (daemon) => {
      await daemon.sh(`echo 1 > ${SYSCTL}; echo 'page pfn=0x40272d type=slab' > control; echo 'inject pfn=0x40272d' > control`);
      expect(await messages(daemon)).toEqual(
        expect.arrayContaining([
          'Memory failure: 0x40272d: recovery action for reserved kernel page: Ignored',
          'Kernel panic - not syncing: Memory failure: 0x40272d: unrecoverable page',
          '---[ end Kernel panic - not syncing: Memory failure: 0x40272d: unrecoverable page ]---',
        ]),
      );
    });
  });

  it('bad values are refused as bash says it, and change nothing', async () => {
    await withDaemon({}, async (daemon) => {
      for (const value of ['2', '-1', 'x', '']) {
        const { stderr, status } = await daemon.sh(`echo ${value} > ${SYSCTL}`);
        expect({ value, stderr, status }).toEqual({ value, stderr: 'bash: line 1: echo: write error: Invalid argument\n', status: 1 });
        expect((await daemon.sh(`cat ${SYSCTL}`)).stdout).toBe('0\n');
      }
      for (const value of ['0x1', ' 1 ', '1 2']) {
        const { stdout, stderr } = await daemon.sh(`echo 0 > ${SYSCTL}; echo "$1" > ${SYSCTL}; cat ${SYSCTL}`, [value]);
        // The kernel takes '1 ' of '1 2' and returns 2. bash writes the rest, at a position that strict mode ignores.
        expect({ value, stdout, stderr }).toEqual({ value, stdout: '1\n', stderr: '' });
      }
    });
  });

  it('the memory-failure sysctls answer all recorded writes over the mount', async () => {
    const files = ['panic_on_unrecoverable_memory_failure', 'memory_failure_recovery', 'memory_failure_early_kill', 'enable_soft_offline'];
    const recorded = recording('sysctl-writes.7.3.jsonl')
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as {
            file: string;
            default: string;
            writes: { write: string; ret: number | string; changed?: Record<string, string> }[];
          },
      )
      .filter(({ file }) => files.includes(file));
    expect(recorded).toHaveLength(4);
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      for (const { file, default: boot, writes } of recorded) {
        expect((await daemon.sh('cat "$1"', [`proc/sys/vm/${file}`])).stdout).toBe(boot);
        const tries = writes.map(({ write }) => `try ${file} ${Buffer.from(write, 'latin1').toString('hex') || '-'}`);
        const input = `${tries.join('\n')}\n`;
        const { stdout, stderr } = await sh('perl "$1" "$2"', [WRITE_AND_COMPARE, `${daemon.mountPoint}/proc/sys/vm`], { input });
        expect(stderr).toBe('');
        const changes = writes.map(({ changed = {} }) => Object.entries(changed).map(([name, value]) => ` ${name}=${value}`));
        const want = writes.map(({ ret }, n) => `${tries[n]} => ${ret}${changes[n]?.join('')}`);
        expect({ file, answers: stdout.trimEnd().split('\n') }).toEqual({ file, answers: want });
        expect(want).toHaveLength(98);
      }
    });
  });

  it('after a panic with kernel.panic=0 every file answers EIO until reboot is written to control', async () => {
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      await daemon.sh(`echo 1 > ${SYSCTL}; echo 'inject type=reserved' > control`);
      const { stdout } = await daemon.sh(
        "find proc sys -type f | wc -l; for f in $(find proc sys -type f); do { head -c 1 < $f > /dev/null; } 2>&1; done | grep -c 'Input/output error\\|Permission denied'",
      );
      const [files, refused] = stdout.trim().split('\n');
      expect(Number(files)).toBeGreaterThan(85);
      expect(refused).toBe(files);
      expect((await daemon.sh(`cat ${SYSCTL}`)).stderr).toContain('Input/output error');
      expect((await daemon.sh(`echo reboot > control && cat ${SYSCTL}`)).stdout).toBe('0\n');
      const banners = (await readFile(daemon.log, 'utf8'))
        .split('\n')
        .filter((line) => line.startsWith('[    0.000000] Linux version 7.3-amd64 '));
      expect(banners).toHaveLength(2);
    });
  });

  it('with kernel.panic=2 the machine is back after two seconds, by itself, with boot values', async () => {
    await withDaemon({ options: ['--profile', '7.3', '--sysctl', 'kernel.panic=2', '--sysctl', 'vm.swappiness=11'] }, async (daemon) => {
      await daemon.sh(`echo 1 > ${SYSCTL}; echo 7 > proc/sys/vm/swappiness`);
      const started = performance.now();
      await daemon.sh("echo 'inject type=slab' > control");
      // The second banner of the log comes although no file is read.
      const waited = await sh('until [ "$(grep -c "Linux version" "$1")" = 2 ]; do sleep 0.02; done', [daemon.log]);
      expect(waited.status).toBe(0);
      const elapsed = performance.now() - started;
      expect(elapsed).toBeGreaterThan(1_990);
      expect((await daemon.sh(`cat ${SYSCTL} proc/sys/vm/swappiness proc/sys/kernel/panic`)).stdout).toBe('0\n11\n2\n');
    });
  });

  it('shows what it is asked for in a subtree, with the control file beside it', async () => {
    await withDaemon({ options: ['--subtree', 'proc/sys/vm', '--profile', 'v4'] }, async (daemon) => {
      expect((await daemon.sh('ls | wc -l; ls -a | grep -c "^.control$"')).stdout).toBe('56\n1\n');
      expect((await daemon.sh('echo 1 > panic_on_unrecoverable_memory_failure && cat panic_on_unrecoverable_memory_failure')).stdout).toBe(
        '1\n',
      );
      expect(
        (await daemon.sh("echo 'inject type=free' > .control && echo 'fail swappiness op=read errno=ENODEV' > .control; cat swappiness"))
          .stderr,
      ).toContain('No such device');
    });
  });

  it('a scenario file is run by cat, and shown by cat', async () => {
    await withDaemon({}, async (daemon) => {
      const scenario =
        '# three errors\nlog level=err [Hardware Error]: error_type: 3, multi-bit ECC\ninject type=free count=2   # two of them\n\ninject type=anon\nwait 1500\n';
      expect(await sh('cat > "$1/control"', [daemon.mountPoint], { input: scenario })).toMatchObject({ status: 0, stderr: '' });
      const log = await messages(daemon);
      expect(log[0]).toBe('[Hardware Error]: error_type: 3, multi-bit ECC');
      expect(log.filter((line) => line.includes('recovery action for free buddy page: Recovered'))).toHaveLength(2);
      const { stdout } = await daemon.sh('cat control');
      expect(stdout).toContain('total=3 ignored=0 failed=0 delayed=0 recovered=3 HardwareCorrupted=12 kB');
      expect(stdout).toContain('inject type=free count=2: ok');
      // control shows comments, so that its text can be kept and run like a scenario.
      expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
    });
  });

  it('a file can be made to fail or to be slow, without holding others up', async () => {
    await withDaemon({}, async (daemon) => {
      await daemon.sh("echo 'delay proc/sys/vm/swappiness ms=1500 count=1' > control");
      const started = performance.now();
      const slow = daemon.sh('cat proc/sys/vm/swappiness').then((result) => ({ result, took: performance.now() - started }));
      const quick = await daemon.sh('cat proc/sys/vm/page-cluster').then(() => performance.now() - started);
      const { result, took } = await slow;
      expect(result.stdout).toBe('60\n');
      expect(took).toBeGreaterThan(1_490);
      expect(quick).toBeLessThan(took);
    });
  });

  it('the injection files take what the kernel takes', async () => {
    await withDaemon({ options: ['--profile', '7.3'] }, async (daemon) => {
      const { stdout, stderr } = await daemon.sh(
        'echo 0x12345000 > sys/devices/system/memory/hard_offline_page; echo 0x12346 > sys/kernel/debug/hwpoison/corrupt-pfn; echo 0x12347000 > sys/devices/system/memory/soft_offline_page; ' +
          'echo 0x12346 > sys/kernel/debug/hwpoison/unpoison-pfn; cat sys/devices/system/node/node0/memory_failure/{total,recovered}; cat sys/devices/system/memory/hard_offline_page',
      );
      expect({ stdout, stderr }).toEqual({
        stdout: '2\n2\n',
        stderr: 'cat: sys/devices/system/memory/hard_offline_page: Permission denied\n',
      });
      expect(await messages(daemon)).toEqual([
        'Memory failure: 0x12345: recovery action for free buddy page: Recovered',
        'Injecting memory failure at pfn 0x12346',
        'Memory failure: 0x12346: recovery action for free buddy page: Recovered',
        'Unpoison: 0x12346: software-unpoisoned page',
      ]);
    });
  });
});
