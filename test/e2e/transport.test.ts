import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { describeMount, describeTransports, makePlace, mountsBelow } from './support/mounts.ts';
import type { Place } from './support/mounts.ts';
import { sh } from './support/shell.ts';
import { TransportProcess } from './support/transport-process.ts';

/** Runs a command in a mount point. Returns its standard output. The test fails if the command fails. */
async function ok(mountPoint: string, command: string): Promise<string> {
  const { status, stdout, stderr } = await sh(command, [mountPoint], { cwd: mountPoint });
  expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' });
  return stdout;
}

describeTransports('a mounted filesystem', (transport) => {
  let place: Place;
  let server: TransportProcess;
  const run = (command: string): Promise<string> => ok(place.mountPoint, command);
  const fails = async (command: string): Promise<string> => {
    const { status, stderr } = await sh(command, [], { cwd: place.mountPoint });
    expect({ command, failed: status !== 0 }).toEqual({ command, failed: true });
    return stderr;
  };
  /** The writes that reached the filesystem: `position+length`. */
  const writes = async (): Promise<string[]> =>
    (await server.takeCalls()).filter(({ operation }) => operation === 'write').map(({ position, length }) => `${position}+${length}`);

  beforeAll(async () => {
    place = await makePlace();
    server = await TransportProcess.start(transport, place.mountPoint);
  });
  afterAll(async () => {
    await server?.end();
    await place?.remove();
  });

  it('shows in the mount table as what it is', async () => {
    const lines = (await run('cat /proc/mounts')).split('\n').filter((line) => line.includes(` ${place.mountPoint} `));
    expect(lines).toEqual([
      `vmsysctld ${place.mountPoint} fuse.vmsysctld rw,nosuid,nodev,relatime,user_id=0,group_id=0${transport === 'dev-fuse' ? '' : ',default_permissions'} 0 0`,
    ]);
  });

  it('reads files of size 0, and long ones', async () => {
    expect(await run('cat read-only')).toBe('constant\n');
    expect(await run('wc -c < long; tail -c 5 < long; md5sum < long')).toBe('320000\nbcde\n71c284bece05ddaa099ffad2854c2f2a  -\n');
  });

  it('echo > is one open, one truncation, one write and one release', async () => {
    await run('true > kept');
    await server.takeCalls();
    await run('echo hello > kept');
    const calls = await server.takeCalls();
    expect(calls.map(({ operation }) => operation)).toEqual(['open', 'truncate', 'write', 'release']);
    expect((calls[0]?.flags ?? 0) & (constants.O_WRONLY | constants.O_TRUNC)).toBe(constants.O_WRONLY | constants.O_TRUNC);
    expect(calls[2]).toEqual({ operation: 'write', path: '/kept', position: 0, length: 6 });
    expect(await run('cat kept')).toBe('hello\n');
    expect(await run('stat -c %s kept')).toBe('0\n');
  });

  it('begins an appending write where proc does, at 0 for each open', async () => {
    await run('true > kept');
    await server.takeCalls();
    await run('printf ab >> kept; printf cdefg >> kept; { echo 1; echo 22; echo 3; } >> kept');
    expect(await writes()).toEqual(['0+2', '0+5', '0+2', '2+3', '5+2']);
  });

  it('passes on positions: dd bs=1, seek=, tee', async () => {
    await run('cat kept');
    await server.takeCalls();
    await run('printf 123 | dd bs=1 of=kept conv=notrunc status=none; printf 4 | dd bs=1 seek=7 of=kept conv=notrunc status=none');
    expect(await writes()).toEqual(['0+1', '1+1', '2+1', '7+1']);
    expect(await run('echo tee | tee kept')).toBe('tee\n');
    expect(await run('dd if=read-only bs=1 skip=2 count=3 status=none')).toBe('nst');
    const reads = (await server.takeCalls()).filter(({ operation }) => operation === 'read');
    expect(reads.map(({ position, length }) => `${position}+${length}`)).toEqual(['2+1', '3+1', '4+1']);
  });

  it('takes a long write whole, or in requests of 128 KiB', async () => {
    await run('head -c 200000 /dev/zero | tr "\\0" x > "$1"/../data');
    const whole = { 'fuse-native': ['0+131072', '131072+68928'], 'dev-fuse': ['0+200000'] }[transport];
    await run('dd if=../data of=kept bs=200000 status=none');
    expect(await writes()).toEqual(whole);
    await run('dd if=../data of=kept bs=200000 oflag=append conv=notrunc status=none');
    expect(await writes()).toEqual(whole);
    expect(await run('cat ../data > kept; cmp ../data kept && echo same')).toBe('same\n');
  });

  it('lists with types, modes and inode numbers', async () => {
    expect(await run('ls -a')).toBe(
      '.\n..\ndir\nkept\nlong\nno-truncation\nread-only\nsized\nslow\nthrows\nvery-slow\n');
    expect(await run('find . -type d | sort; find . -type f -name k*')).toBe('.\n./dir\n./dir/below\n./kept\n');
    expect(await run('find dir -printf "%p %M %n %U:%G %s %i\\n"')).toBe('dir dr-xr-xr-x 2 0:0 0 101\ndir/below dr-xr-xr-x 2 0:0 0 102\n');
    expect(await run('ls -l sized | cut -d" " -f1-5; ls -i sized kept')).toBe('-rw-r--r-- 1 root root 4096\n103 kept\n109 sized\n');
    // d_ino and d_type come with the names: a list with inode numbers needs no attributes of files.
    expect(await run('ls -aiU dir | tr -s " "')).toContain('101 .\n');
  });

  it('shows one time for everything, fixed at mount', async () => {
    const before = await run('stat -c "%X %Y %Z" . kept dir/below | sort -u');
    expect(before.trim().split('\n')).toHaveLength(1);
    await run('echo x > kept; touch kept; cat kept');
    expect(await run('stat -c "%X %Y %Z" . kept dir/below | sort -u')).toBe(before);
  });

  it('keeps the size a file says it has, whatever is written', async () => {
    await run('dd if=/dev/zero of=sized bs=9000 count=1 conv=notrunc status=none; printf x >> sized');
    expect(await run('stat -c %s sized')).toBe('4096\n');
    expect(await run('truncate -s 5 kept; stat -c %s kept')).toBe('0\n');
  });

  it('answers EIO for a handler that throws, tells of it, and goes on', async () => {
    expect(await fails('cat throws')).toContain('Input/output error');
    expect(await fails('echo x > throws')).toContain('Input/output error');
    const told = (await server.errors(2)).map(({ operation, path, message }) => ({ operation, path, message }));
    expect(told).toEqual([
      { operation: 'read', path: '/throws', message: 'Error: read fails on purpose' },
      { operation: 'write', path: '/throws', message: 'Error: write fails on purpose' },
    ]);
    expect(await run('cat read-only')).toBe('constant\n');
  });

  it('fails an open whose truncation is refused', async () => {
    expect(await fails('echo x > no-truncation')).toContain('Operation not permitted');
    expect(await run('cat no-truncation; echo y 1<> no-truncation; cat no-truncation')).toBe('x\ny\n');
  });

  it.each([
    ['touch new', 'Permission denied'], ['rm -f kept', 'Permission denied'], ['mkdir new', 'Permission denied'],
    ['rmdir dir/below', 'Permission denied'], ['mv kept other', 'Read-only file system'], ['ln kept other', 'Permission denied'],
    ['ln -s kept other', 'Permission denied'], ['mknod new p', 'Permission denied'], ['chmod 600 kept', 'Operation not permitted'],
    ['chown 1:1 kept', 'Operation not permitted'], ['sync kept', 'Invalid argument'], ['cat missing', 'No such file or directory'],
    ['exec 3<> kept; rm -f kept', 'Permission denied'],
  ])('refuses %s', async (command, reason) => {
    expect(await fails(command)).toContain(reason);
  });

  it('holds back one answer without holding up others', async () => {
    const order: string[] = [];
    const slow = sh('cat slow', [], { cwd: place.mountPoint }).then(({ stdout }) => { order.push(stdout); });
    for (let i = 0; i < 5; i++) order.push(await run('cat read-only'));
    await slow;
    expect(order).toEqual([...Array<string>(5).fill('constant\n'), 'in the end\n']);
  });

  it('lets nobody else in', async () => {
    const { status, stderr } = await sh('setpriv --reuid 65534 --clear-groups cat "$1"/read-only', [place.mountPoint]);
    expect(status).not.toBe(0);
    expect(stderr).toContain('Permission denied');
  });
});

describeTransports('the end of a mount', (transport) => {
  let place: Place;
  let server: TransportProcess;

  beforeEach(async () => {
    place = await makePlace();
    server = await TransportProcess.start(transport, place.mountPoint);
  });
  afterEach(async () => {
    await server?.end();
    await place?.remove();
  });

  it('comes with open files, too', async () => {
    const holder = spawn('bash', ['--norc', '-c', 'exec 3< kept; echo open; exec sleep 600'], { cwd: place.mountPoint });
    try {
      await once(holder.stdout, 'data');
      server.command('unmount');
      await server.event('unmounted');
      await server.event('gone');
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      holder.kill('SIGKILL');
    }
  });

  it('lets go of answers held back', async () => {
    const held = sh('cat very-slow', [], { cwd: place.mountPoint });
    await server.reached('read');
    server.command('unmount');
    await server.event('unmounted');
    expect((await held).stdout).toBe('too late\n');
  });

  it.each(['umount "$1"', 'umount -l "$1"', 'fusermount -u "$1"'])('is noticed when it is by %s', async (command) => {
    await ok('/', `set -- ${place.mountPoint}; ${command}`);
    await server.event('gone');
    // It is not an error to unmount what is already unmounted.
    server.command('unmount');
    await server.event('unmounted');
  });

  it('leaves alone what is mounted there next, and lets go of the event loop', async () => {
    await ok('/', `set -- ${place.mountPoint}; umount "$1" && mount -t tmpfs none "$1"`);
    await server.event('gone');
    server.child.disconnect();
    const [status] = await once(server.child, 'exit') as [number];
    expect(status).toBe(0);
    expect(await mountsBelow(place.directory)).toEqual([place.mountPoint]);
  });

  it('is not that of a mount on top of it', async () => {
    await ok('/', `mount -t tmpfs none ${place.mountPoint}`);
    server.command('unmount');
    expect((await server.event('failed')).message).toMatch(/cannot unmount .*: a mount of tmpfs stands on top of it/);
    await ok('/', `umount ${place.mountPoint}`);
    expect(await ok(place.mountPoint, 'cat read-only')).toBe('constant\n');
  });

  it('lets the process exit at once', async () => {
    server.command('end');
    const [status] = await once(server.child, 'exit') as [number];
    expect(status).toBe(0);
    // The mount stays, without a server.
    expect((await sh('stat -f "$1"', [place.mountPoint])).stderr).toContain('Transport endpoint is not connected');
  });
});

describeTransports('--allow-other', (transport) => {
  it('lets others in, as far as the modes do', async () => {
    const place = await makePlace();
    let server: TransportProcess | undefined;
    try {
      await ok('/', `chmod 755 ${place.directory}`);
      server = await TransportProcess.start(transport, place.mountPoint, ['--allow-other']);
      expect(await ok('/', `setpriv --reuid 65534 --clear-groups cat ${place.mountPoint}/read-only`)).toBe('constant\n');
      const { stderr } = await sh('setpriv --reuid 65534 --clear-groups bash --norc -c "echo x > $1/kept"', [place.mountPoint]);
      expect(stderr).toContain('Permission denied');
    } finally {
      await server?.end();
      await place.remove();
    }
  });
});

describeMount('a machine without libfuse', () => {
  it('names what to install, in one line', async () => {
    // In a mount namespace of its own the library is an empty file, which is like none.
    const script = `
      set -e
      library=$(readlink -f "$(ldconfig -p | sed -n 's/.*libfuse.so.2 .*=> //p' | head -1)")
      mount --bind /dev/null "$library"
      exec "$0" --input-type=module -e "
        import { fuseNativeTransport } from '$1';
        try { await fuseNativeTransport.mount({}, { mountPoint: '/mnt', allowOther: false }); }
        catch (error) { console.log(error.name + ': ' + error.message); }"`;
    const { stdout, stderr } = await sh('unshare -m bash --norc -c "$1" "$2" "$3"', [
      script, process.execPath, new URL('../../build/fuse/fuse-native.js', import.meta.url).href,
    ]);
    expect({ stdout, stderr }).toEqual({ stdout: 'TransportError: libfuse.so.2 is missing: apt-get install libfuse2 fuse3\n', stderr: '' });
  });
});
