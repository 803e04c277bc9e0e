import { mkdir, mkdtemp, rm, rename } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ROOT } from '../../scripts/setup.mjs';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh, type ShellResult } from '../e2e/support/shell.ts';

// The Debian package: what lintian reports, and whether a clean Debian 13 installs it, runs it, and removes it again.

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/** The clean Debian, made once for each checkout. A checkout may fill its node_modules. */
const CHROOT = join(ROOT, 'node_modules/.cache/chroot/trixie.tar');
/** Debian 13 has Node.js 20.19. The other packages are what the package needs and the smallest Debian lacks. */
const MAKE_CHROOT = 'mmdebstrap --quiet --variant=apt --include=nodejs,mount,systemd-standalone-sysusers trixie "$1"';

async function whyNot(): Promise<string | undefined> {
  if ((await sh('type dpkg-deb lintian')).status !== 0) return 'install dpkg and lintian';
  if (existsSync(CHROOT)) return undefined;
  if ((await sh('type mmdebstrap')).status !== 0) return 'install mmdebstrap';
  await mkdir(join(CHROOT, '..'), { recursive: true });
  const made = `${CHROOT}.${process.pid}.tar`;
  const { status, stderr } = await sh(MAKE_CHROOT, [made], { timeout: 280_000 });
  if (status !== 0) {
    await rm(made, { force: true });
    return `mmdebstrap: ${stderr.trim().split('\n').at(-1) ?? ''}`;
  }
  await rename(made, CHROOT);
  return undefined;
}

const missing = process.geteuid?.() === 0 ? await whyNot() : 'not root';
if (missing !== undefined) console.warn(`SKIPPED: the Debian package: ${missing}`);

/** Starts a shell in the clean Debian, with devices and a /proc. It is not a chroot: in a chroot Linux makes no user namespaces. */
const ENTER = `
exec unshare --mount --pid --fork --kill-child --propagation private bash --norc -c '
  set -eu
  cd "$1"
  mount --bind . . && cd "$1"
  mount -t proc proc proc
  mount --rbind /dev dev
  pivot_root . .
  umount -l .
  exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive bash --norc -c "$2"
' bash "$@"
`;

describeMount(missing === undefined ? 'the Debian package' : `the Debian package (skipped: ${missing})`, () => {
  let work: string;
  let file: string;
  const inDebian = (script: string): Promise<ShellResult> => sh(ENTER, [join(work, 'debian'), script], { timeout: 200_000 });
  const test = it.skipIf(missing !== undefined);

  beforeAll(async () => {
    if (missing !== undefined) return;
    work = await mkdtemp(join(tmpdir(), 'vmsysctld-deb-test-'));
    const environment = { DEBFULLNAME: 'the vmsysctld authors', DEBEMAIL: 'authors@vmsysctld.test' };
    const built = await sh('node scripts/deb.mjs "$1"', [work], { cwd: ROOT, environment, timeout: 200_000 });
    expect(built.stdout).toMatch(/vmsysctld_.*_all\.deb\n$/);
    file = join(work, `vmsysctld_${version}-1_all.deb`);
    const unpacked = await sh('mkdir "$1/debian" && tar -C "$1/debian" --exclude=./dev/* -xf "$2" && cp "$3" "$1/debian/root/vmsysctld.deb"', [work, CHROOT, file], { timeout: 100_000 });
    expect(unpacked).toEqual({ status: 0, stdout: '', stderr: '' });
  }, 400_000);

  afterAll(async () => {
    if (missing === undefined) await rm(work, { recursive: true });
  });

  test('has nothing that lintian warns of', async () => {
    const { status, stdout } = await sh('lintian --fail-on error,warning --suppress-tags bogus-mail-host "$1"', [file], { timeout: 200_000 });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  test('is the same when it is built again', async () => {
    const environment = { DEBFULLNAME: 'the vmsysctld authors', DEBEMAIL: 'authors@vmsysctld.test' };
    expect((await sh('node scripts/deb.mjs "$1"/again && cmp "$1"/again/*.deb "$2"', [work, file], { cwd: ROOT, environment, timeout: 100_000 })).status).toBe(0);
  });

  test('is installed, runs and is removed without a trace in a clean Debian', async () => {
    // The package's user stays, as is usual in Debian.
    const FILES = "find / -xdev -not -path '/proc/*' -not -path '/dev/*' | grep -v '^/var/lib/dpkg/\\|^/var/\\(cache\\|log\\)/\\|^/run/\\|^/etc/\\(g\\?shadow\\|.*-\\|.pwd.lock\\)$' | sort";
    const SCRIPT = `
      set -eu
      ${FILES} > /var/cache/before
      dpkg -i /root/vmsysctld.deb > /dev/null
      dpkg --verify vmsysctld
      echo "version $(vmsysctld --version)"
      getent passwd vmsysctld | cut -d: -f7
      ls /usr/share/man/man1/vmsysctld-exec.1.gz /usr/lib/systemd/system/vmsysctld@.service
      bash -c '. /usr/share/bash-completion/completions/vmsysctld; complete -p vmsysctld'
      echo vm.swappiness=300 > /var/cache/90.conf; vmsysctld check /var/cache/90.conf | grep -o 'error *refused' || exit 1
      echo '[   12.345678] Memory failure: 0x40272d: recovery action for reserved kernel page: Ignored' > /var/cache/dmesg
      vmsysctld replay /var/cache/dmesg --html /var/cache/report.html > /var/cache/replay; grep -c 'Chart.js v' /var/cache/report.html
      grep -q 'reserved kernel page' /var/cache/replay
      mkdir /mnt/m
      coproc daemon { exec vmsysctld mount /mnt/m --log /var/cache/log --profile 7.3 2>/var/cache/errors; }
      pid=$!
      read -r -t 60 ready <&"\${daemon[0]}" || { cat /var/cache/errors; exit 1; }
      cat /mnt/m/proc/sys/vm/swappiness
      kill $pid; wait $pid
      vmsysctld exec --sysctl vm.swappiness=7 -- cat /proc/sys/vm/swappiness
      rmdir /mnt/m
      dpkg --purge vmsysctld > /dev/null
      ${FILES} > /var/cache/after
      diff /var/cache/before /var/cache/after`;
    const { status, stdout, stderr } = await inDebian(SCRIPT);
    expect({ status, stderr, stdout: stdout.trim().split('\n') }).toEqual({
      status: 0,
      stderr: expect.stringMatching(/^(?:Creating (?:user|group) .*\n)*$/) as string,
      stdout: [
        `version ${version}`, '/usr/sbin/nologin', '/usr/lib/systemd/system/vmsysctld@.service', '/usr/share/man/man1/vmsysctld-exec.1.gz',
        'complete -F _vmsysctld vmsysctld', 'error    refused', '1', '60', '7',
      ],
    });
  });

  test('asks for Node.js, and is not configured without it', async () => {
    expect((await inDebian('dpkg-deb -f /root/vmsysctld.deb Depends Architecture')).stdout).toBe('Depends: nodejs (>= 20.19), mount\nArchitecture: all\n');
  });
});
