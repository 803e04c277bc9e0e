import { existsSync } from 'node:fs';
import { expect, it } from 'vitest';
import { CLIENTS, unpacked } from '../support/debian-packages.ts';
import { execScript } from '../e2e/support/exec.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

// Programs of Debian, on the real paths. If one is missing, its tests are skipped, and a line says so.

const NAME = 'vm.panic_on_unrecoverable_memory_failure';

async function has(command: string): Promise<boolean> {
  return (await sh('PATH=$PATH:/usr/sbin:/sbin:/lib/systemd command -v "$1"', [command])).status === 0;
}

async function skippedWithout(what: string, there: Promise<boolean> | boolean, how: string): Promise<boolean> {
  if (await there) return false;
  console.warn(`SKIPPED: ${what} on the files: ${how}`);
  return true;
}

async function client(name: keyof typeof CLIENTS): Promise<{ root: string; skip: boolean }> {
  const found = await unpacked(name);
  const missing = 'missing' in found ? found.missing : '';
  return { root: 'root' in found ? found.root : '', skip: await skippedWithout(name, missing === '', `${CLIENTS[name].packages[0]} cannot be had: ${missing}`) };
}

const noSysctl = await skippedWithout('sysctl(8)', has('sysctl'), 'install procps');
const noSystemd = await skippedWithout('systemd-sysctl(8)', existsSync('/lib/systemd/systemd-sysctl'), 'install systemd');
const noDmesg = await skippedWithout('dmesg(1)', has('dmesg'), 'install util-linux');
const ansible = await client('ansible');
const tuned = await client('tuned');
const nodeExporter = await client('nodeExporter');

/** Runs a script on a 7.3, and expects success. Returns what it printed. */
async function run(script: string, args: readonly string[] = ['--profile', '7.3']): Promise<string> {
  const { status, stdout, stderr } = await execScript(script, args);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

/** Directories that belong to the machine, in the private namespace. */
const OWN = (...places: readonly string[]): string => places.map((place) => `mount -t tmpfs own ${place}\n`).join('');

describeMount('sysctl of procps', () => {
  it.skipIf(noSysctl)('writes a value, and reads it', async () => {
    expect(await run(`sysctl -w ${NAME}=1; sysctl -n ${NAME}; sysctl -q -w ${NAME}=0; cat /proc/sys/vm/panic_on_unrecoverable_memory_failure`))
      .toBe(`${NAME} = 1\n1\n0\n`);
  });

  it.skipIf(noSysctl)('is refused what the kernel refuses', async () => {
    const { status, stderr } = await execScript(`sysctl -w ${NAME}=2`);
    expect(stderr).toBe(`sysctl: setting key "${NAME}": Invalid argument\n`);
    expect(status).toBe(1);
  });

  it.skipIf(noSysctl)('takes values from a file, and from the files of the system', async () => {
    const script = `${OWN('/media', '/etc/sysctl.d')}
      printf '# policy\\n${NAME} = 1\\nkernel.panic=10\\n' > /media/policy.conf; sysctl -p /media/policy.conf
      echo '${NAME} = 0' > /etc/sysctl.d/99-zz-somebody-else.conf; sysctl --system > /media/said 2>/dev/null; sysctl ${NAME} kernel.panic`;
    expect(await run(script)).toBe(`${NAME} = 1\nkernel.panic = 10\n${NAME} = 0\nkernel.panic = 10\n`);
  });

  it.skipIf(noSysctl)('lists every one that can be read', async () => {
    const { stdout, status } = await execScript('sysctl -a 2>/dev/null');
    expect(status).toBe(0);
    const names = stdout.split('\n').flatMap((line) => /^(vm\.\w+) = /.exec(line)?.[1] ?? []);
    expect(names).toContain(NAME);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(50);
    expect(stdout).toMatch(/^kernel\.osrelease = 7\.3\.0-rc7-v4$/m);
    // The host's, beside them.
    expect(stdout).toMatch(/^kernel\.random\.uuid = /m);
  });
});

describeMount('systemd-sysctl', () => {
  it.skipIf(noSystemd)('applies a file of sysctl.d', async () => {
    const script = `${OWN('/run')}mkdir /run/sysctl.d; printf '${NAME} = 1\\n-vm.no_such_thing = 1\\nvm/swappiness = 3\\n' > /run/sysctl.d/99-policy.conf
      /lib/systemd/systemd-sysctl 99-policy.conf && sysctl -n ${NAME} vm.swappiness`;
    const { stdout, status } = await execScript(script);
    expect(stdout).toBe('1\n3\n');
    expect(status).toBe(0);
  });
});

describeMount('ansible', () => {
  it.skipIf(ansible.skip)('sets a value by ansible.posix.sysctl, and finds it set', async () => {
    const play = `ansible() { PYTHONPATH=${ansible.root}/usr/lib/python3/dist-packages /usr/bin/python3 ${ansible.root}/usr/bin/ansible -o -i localhost, -c local \
        -e ansible_python_interpreter=/usr/bin/python3 all -m ansible.posix.sysctl -a "name=${NAME} value=1 sysctl_set=yes reload=no sysctl_file=/media/sysctl.conf"; }`;
    const script = `${OWN('/media')}export HOME=/media PATH=/usr/sbin:/usr/bin:/sbin:/bin ANSIBLE_LOCALHOST_WARNING=0 LC_ALL=C.UTF-8\n${play}
      ansible | grep -o CHANGED; cat /media/sysctl.conf; sysctl -n ${NAME}; ansible | grep -o '"changed": false'`;
    const { stdout } = await execScript(script);
    expect(stdout).toBe(`CHANGED\n${NAME}=1\n1\n"changed": false\n`);
  });
});

describeMount('tuned', () => {
  it.skipIf(tuned.skip)('applies the [sysctl] of a profile, and takes it back', async () => {
    const { root } = tuned;
    // Its own directories lie over those of the machine, with a profile for it, only in the namespace.
    const script = `${OWN('/media', '/run', '/var/log')}
      mkdir -p /media/tuned/policy; printf '[main]\\nsummary=x\\n[sysctl]\\n${NAME}=1\\nkernel.panic=10\\n' > /media/tuned/policy/tuned.conf
      mount -t overlay -o lowerdir=${root}/usr/lib:/usr/lib overlay /usr/lib && mount -t overlay -o lowerdir=/media:${root}/etc:/etc overlay /etc || exit 1
      PYTHONPATH=${root}/usr/lib/python3/dist-packages /usr/bin/python3 ${root}/usr/sbin/tuned --no-dbus --no-socket --log=/var/log/tuned.log -p policy & tuned=$!
      until grep -q 'static tuning from profile .policy. applied' /var/log/tuned.log 2>/dev/null; do sleep 0.1; done
      sysctl ${NAME} kernel.panic; kill $tuned; wait $tuned; sysctl ${NAME} kernel.panic`;
    const { stdout } = await execScript(script);
    expect(stdout).toBe(`${NAME} = 1\nkernel.panic = 10\n${NAME} = 0\nkernel.panic = 0\n`);
  });
});

describeMount('prometheus-node-exporter', () => {
  it.skipIf(nodeExporter.skip)('exports what the machine has lost, and its policy', async () => {
    const port = 20_000 + (process.pid % 20_000);
    const script = `echo 'inject type=anon count=3' > "$VMSYSCTLD_CONTROL"; sysctl -qw ${NAME}=1
      ${nodeExporter.root}/usr/bin/prometheus-node-exporter --path.procfs=/proc --path.sysfs=/sys --web.listen-address=127.0.0.1:${port} --collector.disable-defaults \
        --collector.meminfo --collector.vmstat --collector.sysctl --collector.sysctl.include=${NAME} 2>/dev/null & exporter=$!
      get() { exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3; }
      until metrics=$(get 2>/dev/null); do sleep 0.1; done; kill $exporter
      printf '%s\\n' "$metrics" | grep -E '^node_(memory_HardwareCorrupted|memory_MemTotal|sysctl)'`;
    const { stdout } = await execScript(script, ['--memory', '2G']);
    expect(stdout).toMatch(/^node_memory_HardwareCorrupted_bytes 12288$/m);
    expect(stdout).toMatch(/^node_memory_MemTotal_bytes [12]\.\d+e\+09$/m);
    expect(stdout).toMatch(/^node_sysctl_vm_panic_on_unrecoverable_memory_failure 1$/m);
  });
});

describeMount('dmesg', () => {
  it.skipIf(noDmesg)('reads the log, and the kernel by /dev/kmsg', async () => {
    const script = `echo 'log level=err Memory failure: 0x1: a line' > "$VMSYSCTLD_CONTROL"; dmesg -F "$VMSYSCTLD_LOG" | tail -n 1; dmesg --level err | tail -n 1`;
    const lines = (await run(script)).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/\[ +\d+\.\d{6}\] Memory failure: 0x1: a line$/);
  });
});
