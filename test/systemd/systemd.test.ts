import { readFileSync } from 'node:fs';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { bootMachine, type Machine } from './support/machine.ts';

// The units, run by a real systemd with the program as npm installs it. Skipped if no such machine can be made from this one.

async function boot(): Promise<Machine | string> {
  if ((await sh('type unshare nsenter setpriv >/dev/null && ls /lib/systemd/systemd /usr/lib/systemd/systemd 2>/dev/null')).stdout === '') return 'install systemd';
  try {
    return await bootMachine();
  } catch (error) {
    return (error as Error).message;
  }
}

const booted = process.geteuid?.() === 0 ? await boot() : 'not root';
if (typeof booted === 'string') console.warn(`SKIPPED: the units under systemd: ${booted}`);
function describeMachine(name: string, body: () => void): void {
  if (typeof booted !== 'string') describeMount(name, body);
  else it.skip(`${name} (skipped: ${booted})`);
}

afterAll(async () => {
  if (typeof booted !== 'string') await booted.end();
});

/** Runs a script in the machine, and expects success. Returns what it printed. */
async function run(script: string): Promise<string> {
  if (typeof booted === 'string') throw new Error(booted);
  const { status, stdout, stderr } = await booted.sh(script);
  expect(stderr).toBe('');
  expect(status, stdout).toBe(0);
  return stdout;
}

const MOUNT = '/run/vmsysctld/default';
const PANIC_SYSCTL = 'proc/sys/vm/panic_on_unrecoverable_memory_failure';
const UNITS = '$(npm root -g)/vmsysctld/systemd';
const INSTALLED = run.bind(undefined, `cp ${UNITS}/vmsysctld*.service /etc/systemd/system/ && systemd-sysusers ${UNITS}/vmsysctld.sysusers 2>/dev/null && systemctl daemon-reload`);

/** A property of a unit. */
async function property(unit: string, name: string): Promise<string> {
  return (await run(`systemctl show -P ${name} ${unit}`)).trim();
}

/** Waits until a script prints a text. Nothing reports these changes. */
async function until(script: string, wanted: string): Promise<void> {
  expect(await run(`for n in {1..300}; do now=$(${script}); [ "$now" = '${wanted}' ] && break; sleep 0.1; done; printf %s "$now"`)).toBe(wanted);
}

/** Kills a unit's main process, and waits until systemd has another one ready. */
async function killed(unit: string): Promise<void> {
  const restarts = Number(await property(unit, 'NRestarts'));
  await run(`kill -9 $(systemctl show -P MainPID ${unit})`);
  await until(`systemctl show -P NRestarts -P ActiveState ${unit} | xargs`, `${restarts + 1} active`);
}

const mounts = (): Promise<string> => run("awk '$1 == \"vmsysctld\" { print $2 }' /proc/1/mounts | sort");

beforeEach(async () => {
  if (typeof booted === 'string') return;
  await booted.sh("systemctl stop tool.service vmsysctld.service 'vmsysctld@*.service'; systemctl reset-failed; rm -rf /etc/systemd/system/*vmsysctld* /etc/systemd/system/tool.service* /etc/vmsysctld* /var/log/vmsysctld");
  await INSTALLED();
});

describeMachine('vmsysctld.service', () => {
  it('is started when its mount answers, which all of the system sees', async () => {
    expect(await run(`systemctl start vmsysctld && cat ${MOUNT}/${PANIC_SYSCTL}`)).toBe('0\n');
    expect(await mounts()).toBe(`${MOUNT}\n`);
    expect(await property('vmsysctld', 'StatusText')).toBe(`running (profile v4, 1G of memory, on ${MOUNT})`);
    expect(await run(`setpriv --reuid nobody --clear-groups cat ${MOUNT}/proc/sys/vm/swappiness`)).toBe('60\n');
  });

  it('runs without root, and with one capability', async () => {
    expect(await run('systemctl start vmsysctld; pid=$(systemctl show -P MainPID vmsysctld); ps -o user:20= -p $pid; grep -h "^Cap[EB]\\|^NoNew\\|^Seccomp:" /proc/$pid/status | xargs')).toBe(
      'vmsysctld\nCapEff: 0000000000200000 CapBnd: 0000000000200000 NoNewPrivs: 1 Seccomp: 2\n');
    expect(await run('stat -c "%U %a" /var/log/vmsysctld/vmsysctld.log')).toBe('vmsysctld 640\n');
  });

  it('shows a panic in its status, and the boot that ends it', async () => {
    await run(`systemctl start vmsysctld && echo 1 > ${MOUNT}/${PANIC_SYSCTL} && echo 'page pfn=0x2000 type=reserved' > ${MOUNT}/control`);
    await run(`! echo 'inject pfn=0x2000' 2>/dev/null > ${MOUNT}/control`);
    await until('systemctl show -P StatusText vmsysctld', `panicked: Memory failure: 0x2000: unrecoverable page (profile v4, 1G of memory, on ${MOUNT})`);
    await run(`echo reboot > ${MOUNT}/control`);
    await until('systemctl show -P StatusText vmsysctld', `running (profile v4, 1G of memory, on ${MOUNT})`);
  });

  it('reopens its log when it is reloaded, and goes on', async () => {
    await run('systemctl start vmsysctld && mv /var/log/vmsysctld/vmsysctld.log /var/log/vmsysctld/old.log && systemctl reload vmsysctld');
    await until('ls /var/log/vmsysctld | xargs; systemctl show -P ActiveState vmsysctld', 'old.log vmsysctld.log\nactive');
    await run(`echo 'log after the reload' > ${MOUNT}/control`);
    expect(await run('cat /var/log/vmsysctld/vmsysctld.log')).toMatch(/^\[ *[0-9.]+\] after the reload\n$/);
  });

  it('is started again after kill -9, and its mount answers', async () => {
    await run(`systemctl start vmsysctld && echo 1 > ${MOUNT}/${PANIC_SYSCTL}`);
    await killed('vmsysctld');
    expect(await run(`cat ${MOUNT}/${PANIC_SYSCTL}`)).toBe('0\n');
    expect(await mounts()).toBe(`${MOUNT}\n`);
  });

  it('leaves no mount when it is stopped, a log, and a journal of JSON', async () => {
    await run('systemctl start vmsysctld && systemctl stop vmsysctld');
    expect(await mounts()).toBe('');
    expect(await run('ls -A /run/vmsysctld; ls /var/log/vmsysctld')).toBe('vmsysctld.log\n');
    expect(await property('vmsysctld', 'Result')).toBe('success');
    const lines = (await run('journalctl -u vmsysctld -o cat _COMM=node -n 4')).trim().split('\n').filter((line) => !line.startsWith('ready: '));
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['the machine boots', 'mounted', 'unmounted']);
  });

  it('leaves a dead mount nowhere when it may not be started again', async () => {
    await run("mkdir -p /etc/systemd/system/vmsysctld.service.d; printf '[Service]\\nRestart=no\\n' > /etc/systemd/system/vmsysctld.service.d/once.conf; systemctl daemon-reload");
    await run('systemctl start vmsysctld && kill -9 $(systemctl show -P MainPID vmsysctld)');
    await until('systemctl show -P ActiveState vmsysctld', 'failed');
    expect(await mounts()).toBe('');
  });

  it('is done, not failed, when somebody unmounts its files', async () => {
    await run(`systemctl start vmsysctld && umount ${MOUNT}`);
    await until('systemctl show -P ActiveState -P Result vmsysctld | xargs', 'success inactive');
  });

  it('is given up at once when its command line is wrong', async () => {
    await run("mkdir -p /etc/systemd/system/vmsysctld.service.d; printf '[Service]\\nExecStart=\\nExecStart=vmsysctld mount /run/vmsysctld/default --profile 8\\n' > /etc/systemd/system/vmsysctld.service.d/wrong.conf; systemctl daemon-reload");
    await run('! systemctl start vmsysctld 2>/dev/null');
    expect(await run('systemctl show -P ActiveState -P NRestarts -P ExecMainStatus vmsysctld | sort | xargs')).toBe('0 2 failed\n');
  });
});

describeMachine('the configuration', () => {
  it('is /etc/vmsysctld.conf, and an instance\'s own where it has one', async () => {
    await run("mkdir /etc/vmsysctld; echo 'profile: 7.3' > /etc/vmsysctld.conf; echo 'memory: 2G' > /etc/vmsysctld/own.conf; systemctl start vmsysctld vmsysctld@own vmsysctld@other");
    expect(await property('vmsysctld', 'StatusText')).toBe(`running (profile 7.3, 1G of memory, on ${MOUNT})`);
    expect(await property('vmsysctld@own', 'StatusText')).toBe('running (profile v4, 2G of memory, on /run/vmsysctld/own)');
    expect(await property('vmsysctld@other', 'StatusText')).toBe('running (profile 7.3, 1G of memory, on /run/vmsysctld/other)');
  });

  it('is read again by a reload, whose refusal the status shows', async () => {
    await run("echo 'log-format: raw' > /etc/vmsysctld.conf; systemctl start vmsysctld; echo 'log-format: kmsg' > /etc/vmsysctld.conf; systemctl reload vmsysctld");
    await until(`echo 'log hello' > ${MOUNT}/control; tail -n 1 /var/log/vmsysctld/vmsysctld.log | sed 's/[0-9,]*,-;//'`, 'hello');
    await run("echo 'log-format: kernel' > /etc/vmsysctld.conf; systemctl reload vmsysctld");
    await until('systemctl show -P StatusText -P ActiveState vmsysctld | sort | xargs -0',
      `active\nrunning (profile v4, 1G of memory, on ${MOUNT}); the last reload was refused, the journal has the reason`);
  });
});

describeMachine('docs/systemd.md', () => {
  it('has commands under systemd that do what it says, from the installation on', async () => {
    const page = readFileSync(new URL('../../docs/systemd.md', import.meta.url), 'utf8');
    const shown = /^# Under systemd$.*?^```console\n(.*?)^```/ms.exec(page)?.[1] ?? '';
    // What needs a network is done already.
    const lines = shown.split('\n').filter((line) => line !== '' && !/^# (?:apt-get|npm) /.test(line));
    const script = lines.flatMap((line, index) => {
      if (!line.startsWith('# ')) return [];
      const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
      // The status reaches systemd after the command that changes it has ended.
      const wait = line.includes('systemctl show') ? `until [ "$(${line.slice(2)})" = ${quoted(lines[index + 1] ?? '')} ]; do sleep 0.1; done\n` : '';
      return [`printf '%s\\n' ${quoted(line)}\n${wait}${line.slice(2)}\n`];
    });
    const alike = (text: string): string => text.replaceAll(/^\[ *[0-9.]+\]/gm, '[TIME]').replaceAll(/^bash: line \d+: /gm, 'bash: ');
    expect(alike(await run(`exec 2>&1\n${script.join('')}`))).toBe(alike(`${lines.join('\n')}\n`));
  });
});

describeMachine('vmsysctld@.service', () => {
  it('is one machine an instance, each with its mount point and its log', async () => {
    await run('systemctl start vmsysctld@a "vmsysctld@$(systemd-escape "b/c d")"');
    expect(await mounts()).toBe('/run/vmsysctld/a\n/run/vmsysctld/b-c\\134x20d\n');
    await run('echo 1 > /run/vmsysctld/a/proc/sys/vm/swappiness; cd /run/vmsysctld/b*; [ $(cat proc/sys/vm/swappiness) = 60 ]');
    expect(await run('ls /var/log/vmsysctld')).toBe('a.log\nb-c\\x20d.log\n');
    await run('systemctl stop vmsysctld@a; cat /run/vmsysctld/b*/proc/sys/vm/swappiness');
    expect(await run('ls /run/vmsysctld')).toBe('b-c\\x20d\n');
  });

  it('does not take the mount of another unit away that was there first', async () => {
    await run('systemctl start vmsysctld; ! systemctl start vmsysctld@default 2>/dev/null; systemctl stop vmsysctld@default');
    expect(await run(`cat ${MOUNT}/proc/sys/vm/swappiness`)).toBe('60\n');
    expect(await run('journalctl -u vmsysctld@default -o cat _COMM=node')).toContain('another vmsysctld is mounted on /run/vmsysctld/default already');
  });

  it('is killed by the watchdog when the thread that serves hangs, and started again', async () => {
    // The log of one lies on the other, which takes its time: a disk that hangs.
    await run(`systemctl start vmsysctld@disk; mkdir -p /etc/systemd/system/vmsysctld@hangs.service.d
      printf '[Service]\\nWatchdogSec=4\\nExecStart=\\nExecStart=vmsysctld mount /run/vmsysctld/hangs --allow-other --log /run/vmsysctld/disk/dev/kmsg\\n' \\
        > /etc/systemd/system/vmsysctld@hangs.service.d/hangs.conf
      systemctl daemon-reload; systemctl start vmsysctld@hangs`);
    const first = await property('vmsysctld@hangs', 'WatchdogTimestampMonotonic');
    await run(`for n in {1..100}; do [ $(systemctl show -P WatchdogTimestampMonotonic vmsysctld@hangs) -gt $((${first} + 4500000)) ] && break; sleep 0.1; done`);
    expect(await property('vmsysctld@hangs', 'NRestarts')).toBe('0');
    await run("echo 'delay /dev/kmsg ms=20000 count=1' > /run/vmsysctld/disk/control; ! echo 'log it hangs' 2>/dev/null > /run/vmsysctld/hangs/control");
    expect(await run('journalctl --sync; journalctl -u vmsysctld@hangs -o cat')).toContain('Watchdog timeout (limit 4s)!');
    await until('systemctl show -P NRestarts -P ActiveState vmsysctld@hangs | xargs', '1 active');
  });
});

describeMachine('a service under test (examples/under-test.conf)', () => {
  const tool = (): Promise<string> => run(`
    printf '%s\\n' '[Service]' ProtectKernelTunables=yes ReadOnlyPaths=/proc/sys ProtectSystem=strict User=root \\
      'ExecStart=sh -c "echo 1 > /${PANIC_SYSCTL}; sysctl vm.swappiness >&2; echo 7 > /proc/sys/vm/swappiness; exec sleep 1000"' > /etc/systemd/system/tool.service
    mkdir -p /etc/systemd/system/tool.service.d; cp ${UNITS}/examples/under-test.conf /etc/systemd/system/tool.service.d/vmsysctld.conf
    systemctl daemon-reload; systemctl start tool`);
  const written = `cat /run/vmsysctld/test/${PANIC_SYSCTL} /run/vmsysctld/test/proc/sys/vm/swappiness | xargs`;

  it('has the machine\'s files at their real paths, writable, and nobody else has', async () => {
    const real = await run('cat /proc/sys/vm/swappiness');
    await tool();
    await until(written, '1 7');
    expect(await run('cat /proc/sys/vm/swappiness')).toBe(real);
    expect(await run('nsenter -m -t $(systemctl show -P MainPID tool) cat /proc/sys/vm/swappiness')).toBe('7\n');
  });

  it.each([
    ['killed', () => killed('vmsysctld@test')],
    ['restarted', () => run('systemctl restart vmsysctld@test')],
  ])('starts again on the new machine when its own is %s', async (_how, restart) => {
    await tool();
    await until(written, '1 7');
    const first = await property('tool', 'MainPID');
    await restart();
    await until(written, '1 7');
    expect(await property('tool', 'MainPID')).not.toBe(first);
    expect(await run('nsenter -m -t $(systemctl show -P MainPID tool) cat /proc/sys/vm/swappiness')).toBe('7\n');
  });

  it('is stopped with its machine', async () => {
    await tool();
    await run('systemctl stop vmsysctld@test');
    expect(await property('tool', 'ActiveState')).toBe('inactive');
    expect(await mounts()).toBe('');
  });
});
