import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { daemonsBy, MAIN, runMain } from '../e2e/support/daemon.ts';
import { describeDaemon, describeMount, describeTransports, makePlace, mountsBelow, type Place, type TransportName } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

/** The environment of a start that must fail, made in a mount namespace of its own. This machine sees nothing of it. */
interface Lack {
  readonly lack: string;
  readonly transport: TransportName;
  /** What is done in the namespace before the start; `$scratch` is an empty directory. */
  readonly before: string;
  /** How node is run, if not as usual. */
  readonly as?: string;
  readonly says: RegExp;
}

const AS_NOBODY = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
const NO_DEVICE = 'mount --bind "$scratch" /dev; cp -a /proc/self/fd/9/null /dev/null;';

const LACKS: readonly Lack[] = [
  ...(['dev-fuse', 'fuse-native'] as const).flatMap((transport): Lack[] => [
    { lack: '/dev/fuse', transport, before: NO_DEVICE, says: /^vmsysctld: \/dev\/fuse does not exist: run modprobe fuse, or in a container add --device \/dev\/fuse$/ },
    {
      lack: 'a /dev/fuse that can be opened', transport, before: `${NO_DEVICE} mknod -m 0600 /dev/fuse c 10 229;`, as: AS_NOBODY,
      says: /^vmsysctld: \/dev\/fuse is not accessible to this user: run as root, or let this user read and write it$/,
    },
    {
      lack: 'the device behind /dev/fuse', transport, before: `${NO_DEVICE} mknod -m 0666 /dev/fuse c 10 250;`,
      says: /^vmsysctld: \/dev\/fuse has no device behind it: run modprobe fuse, or in a container add --device \/dev\/fuse$/,
    },
    {
      lack: 'the right to mount', transport, before: '', as: 'setpriv --bounding-set -sys_admin --inh-caps -sys_admin',
      says: /^vmsysctld: cannot mount on .*: .*--cap-add SYS_ADMIN/,
    },
  ]),
  { lack: 'mount(8)', transport: 'dev-fuse', before: 'PATH=$scratch', says: /^vmsysctld: cannot mount on .*: mount\(8\) is missing: install util-linux$/ },
  {
    lack: 'libfuse.so.2', transport: 'fuse-native',
    before: 'for file in $(ls /lib/*/libfuse.so.2* /usr/lib/*/libfuse.so.2* 2>/dev/null); do mount --bind /dev/null "$file"; done',
    says: /^vmsysctld: fuse-native cannot be loaded: .*libfuse\.so\.2.*$|^vmsysctld: libfuse\.so\.2 is missing: apt-get install libfuse2 fuse3$/,
  },
  {
    lack: 'fusermount, for who is not root', transport: 'fuse-native', before: `${NO_DEVICE} mknod -m 0666 /dev/fuse c 10 229; PATH=$scratch/none`, as: `/usr/bin/${AS_NOBODY}`,
    says: /^vmsysctld: cannot mount on .*: fusermount refused it: fuse3 must be installed and the mount point be this user's own$/,
  },
];

describeMount('a start without', () => {
  it.each(LACKS)('$lack ($transport): one line that says so, status 1, nothing left', async ({ transport, before, as = '', says }) => {
    const place = await makePlace();
    const scratch = `${place.directory}/scratch`;
    try {
      await mkdir(scratch);
      await sh('chmod 755 "$1"; chmod 777 "$1"/mnt "$1"', [place.directory]);
      const script = `exec 9</dev; scratch=$1; shift; ${before}
        exec ${as} "$@"`;
      const { status, stdout, stderr } = await sh(
        'exec unshare -m --propagation private -- bash --norc -c "$0" bash "$@"'.replace('"$0"', '"$1"').replace('"$@"', '"${@:2}"'),
        [script, scratch, process.execPath, MAIN, 'mount', place.mountPoint, '--log', join(place.directory, 'log'), '--transport', transport]);
      const said = stderr.split('\n').filter((line) => line.startsWith('vmsysctld: '));
      expect({ status, stdout, said, stderr }).toEqual({ status: 1, stdout: '', said: [expect.stringMatching(says)], stderr: expect.any(String) as string });
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });
});

/** Mount points that are in use or unsuitable. `prepare` may get the place of a running daemon. */
interface Occupied {
  readonly what: string;
  readonly prepare: (place: Place) => Promise<string>;
  readonly says: RegExp;
}

const OCCUPIED: readonly Occupied[] = [
  { what: 'that has another vmsysctld on it', prepare: async ({ mountPoint }) => mountPoint, says: /another vmsysctld is mounted on .* already: unmount it first/ },
  {
    what: 'that has a foreign filesystem on it',
    prepare: async ({ directory }) => (await sh('mkdir "$1/foreign"; mount -t tmpfs none "$1/foreign"', [directory]), `${directory}/foreign`),
    says: /a filesystem of type tmpfs is mounted on .* already: unmount it first/,
  },
  {
    what: 'with something in it',
    prepare: async ({ directory }) => (await mkdir(`${directory}/full/kept`, { recursive: true }), `${directory}/full`),
    says: /is not empty, it has kept: name an empty directory/,
  },
  { what: 'that is not there', prepare: async ({ directory }) => `${directory}/nosuch`, says: /does not exist: create it first/ },
  {
    what: 'that is a file',
    prepare: async ({ directory }) => (await writeFile(`${directory}/file`, 'kept'), `${directory}/file`),
    says: /is not a directory: name an empty directory/,
  },
  { what: 'within a mount of vmsysctld', prepare: async ({ mountPoint }) => `${mountPoint}/proc/sys/vm`, says: /is not empty, it has .*: name an empty directory/ },
  { what: 'that would have to be made within a mount of vmsysctld', prepare: async ({ mountPoint }) => `${mountPoint}/proc/sys/vm/mine`, says: /does not exist: create it first/ },
];

describeDaemon('a start on a mount point', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it(`that is no use is refused in one line, with status 1, and the daemon that runs serves on: ${OCCUPIED.map(({ what }) => what).join(', ')}`, async () => {
    const place = await makePlace();
    try {
      const daemon = await startDaemon(place);
      for (const { what, prepare, says } of OCCUPIED) {
        const where = await prepare(place);
        const before = await mountsBelow(place.directory);
        const { status, stdout, stderr } = await runMain(['mount', where, '--log', `${place.directory}/other.log`, '--transport', transport]);
        expect({ what, status, stdout, lines: stderr.trimEnd().split('\n').filter((line) => !line.startsWith('{')) })
          .toEqual({ what, status: 1, stdout: '', lines: [expect.stringMatching(says)] });
        expect(await mountsBelow(place.directory)).toEqual(before);
        expect((await daemon.sh('cat proc/sys/vm/swappiness')).stdout).toBe('60\n');
      }
      expect(await daemon.stop()).toBe(0);
    } finally {
      await place.remove();
    }
  });
});

describeTransports('a start on a mount point', (transport) => {
  const { startDaemon } = daemonsBy(transport);

  it('in a current directory that has been removed: one line, whatever of the command line needs it', async () => {
    const place = await makePlace();
    try {
      const script = 'mkdir "$3/here" && cd "$3/here" && rmdir "$3/here" && exec "$1" "$2" mount "${@:4}"';
      // Node cannot start a thread there, and dev-fuse does it without waiting for the mount point.
      const says = /^vmsysctld: (?:\. does not exist: create it first, mkdir -p \.|the current directory has been removed: change to another first)$/;
      for (const words of [['.', '--log', `${place.directory}/log`], [place.mountPoint, '--log', 'log']]) {
        const { status, stdout, stderr } = await sh(script, [process.execPath, MAIN, place.directory, ...words, '--transport', transport]);
        expect({ status, stdout, said: stderr.trimEnd().split('\n') }).toEqual({ status: 1, stdout: '', said: [expect.stringMatching(says)] });
      }
    } finally {
      await place.remove();
    }
  });

  it('started at three times at the same time: one serves, the others are refused', { timeout: 150_000 }, async () => {
    const place = await makePlace();
    try {
      const starts = [1, 2, 3].map((n) => {
        const child = spawn(process.execPath, [MAIN, 'mount', place.mountPoint, '--log', `${place.directory}/log${n}`, '--transport', transport], { stdio: ['ignore', 'pipe', 'pipe'] });
        const start = { child, stdout: '', stderr: '', closed: once(child, 'close') };
        child.stdout.setEncoding('utf8').on('data', (text: string) => { start.stdout += text; });
        child.stderr.setEncoding('utf8').on('data', (text: string) => { start.stderr += text; });
        return start;
      });
      try {
        // Two end, and the third prints that it is ready, in any order. The answers explain it when that does not happen.
        const answers = (): string[] => starts.map(({ child, stdout, stderr }) => `${child.exitCode} ${stdout}${stderr.replaceAll(/^\{.*\n/gm, '')}`).sort();
        const refused: unknown = expect.stringMatching(/^1 vmsysctld: [^\n]*mount elsewhere\n$/);
        await expect.poll(answers, { timeout: 200_000 }).toEqual([refused, refused, expect.stringMatching(/^null ready: [^\n]*\n$/)]);
        expect(await sh('cat "$1"/proc/sys/vm/swappiness', [place.mountPoint])).toMatchObject({ stdout: '60\n', stderr: '', status: 0 });
      } finally {
        for (const { child } of starts) child.kill();
        await Promise.all(starts.map(({ closed }) => closed));
      }
      expect(await mountsBelow(place.directory)).toEqual([]);
      expect(await readdir(place.mountPoint)).toEqual([]);
    } finally {
      await place.remove();
    }
  });

  it('of its own with the log of another: each line of both is in it, once and whole', async () => {
    const place = await makePlace();
    const other = await makePlace();
    try {
      const [one, two] = [await startDaemon(place), await startDaemon(other, { log: `${place.directory}/log` })];
      const load = 'for i in $(seq 300); do echo "log $1 $i" > control || exit; done';
      const results = await Promise.all([one.sh(load, ['one']), two.sh(load, ['two'])]);
      expect(results.map(({ status }) => status)).toEqual([0, 0]);
      const lines = (await readFile(one.log, 'utf8')).split('\n');
      for (const name of ['one', 'two']) {
        const numbers = lines.flatMap((line) => { const found = new RegExp(`^\\[ *\\d+\\.\\d{6}\\] ${name} (\\d+)$`).exec(line); return found ? [Number(found[1])] : []; });
        expect(numbers).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
      }
      expect([await one.stop(), await two.stop()]).toEqual([0, 0]);
    } finally {
      await other.remove();
      await place.remove();
    }
  });
});
