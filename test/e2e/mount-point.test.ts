import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeDaemon, makePlace, mountsBelow } from './support/mounts.ts';
import type { Place } from './support/mounts.ts';
import { sh } from './support/shell.ts';
import { TransportProcess } from './support/transport-process.ts';

describeDaemon('a mount point with something on it', (transport) => {
  let place: Place;
  let servers: TransportProcess[];
  const start = async (mountPoint: string, options: readonly string[] = [], cwd = '/'): Promise<TransportProcess> => {
    const server = await TransportProcess.start(transport, mountPoint, options, cwd);
    servers.push(server);
    return server;
  };
  /** Checks that a filesystem is served on the mount point, and that it is the only one there. */
  const expectServed = async (mountPoint = place.mountPoint): Promise<void> => {
    expect(await mountsBelow(place.directory)).toEqual([mountPoint]);
    expect((await sh('cat "$1/read-only"', [mountPoint])).stdout).toBe('constant\n');
  };

  /** Mounts on top of what is there, with a server that ends at once. */
  const mountDead = async (type: string, source: string): Promise<void> => {
    const options = 'fd=3,rootmode=40000,user_id=0,group_id=0';
    const result = await sh('exec 3<>/dev/fuse; mount -i -t "$2" -o "$4" "$3" "$1"', [place.mountPoint, type, source, options]);
    expect(result).toEqual({ status: 0, stdout: '', stderr: '' });
  };

  beforeEach(async () => {
    place = await makePlace();
    servers = [];
  });
  afterEach(async () => {
    for (const server of servers) await server.end();
    await place.remove();
  });

  it('is taken over from a killed daemon, even though its root is still remembered', async () => {
    const first = await start(place.mountPoint);
    await sh('stat "$1"', [place.mountPoint]);
    await first.end('SIGKILL');
    expect((await sh('stat -f "$1"', [place.mountPoint])).stderr).toContain('Transport endpoint is not connected');
    await start(place.mountPoint);
    await expectServed();
  });

  it('is taken over with several dead mounts stacked', async () => {
    await (await start(place.mountPoint)).end('SIGKILL');
    await mountDead('fuse.vmsysctld', 'vmsysctld');
    await mountDead('fuse', 'vmsysctld');
    expect(await mountsBelow(place.directory)).toHaveLength(3);
    await start(place.mountPoint);
    await expectServed();
  });

  it('is refused while another daemon lives on it, dead mounts on top or not', async () => {
    await start(place.mountPoint);
    await expect(start(place.mountPoint)).rejects.toThrow(
      `MountPointError: another vmsysctld is mounted on ${place.mountPoint} already: unmount it first, umount ${place.mountPoint}, or mount elsewhere`);
    await mountDead('fuse.vmsysctld', 'vmsysctld');
    await expect(start(place.mountPoint)).rejects.toThrow(/another vmsysctld is mounted on .* already/);
    await expectServed();
  });

  it('is refused in time while the daemon on it is stopped', async () => {
    const first = await start(place.mountPoint);
    first.child.kill('SIGSTOP');
    const begun = performance.now();
    await expect(start(place.mountPoint)).rejects.toThrow(/another vmsysctld is mounted on .* and does not answer: continue or kill its server/);
    expect(performance.now() - begun).toBeLessThan(30_000);
    first.child.kill('SIGCONT');
    await expectServed();
  });

  it('is refused in time when it lies below a mount whose daemon is stopped', async () => {
    const first = await start(place.mountPoint);
    first.child.kill('SIGSTOP');
    await expect(start(join(place.mountPoint, 'dir/below'))).rejects.toThrow(/dir\/below does not answer/);
  });

  it('is refused with a filesystem of another kind on it', async () => {
    await sh('mount -t tmpfs none "$1"', [place.mountPoint]);
    await expect(start(place.mountPoint)).rejects.toThrow(/a filesystem of type tmpfs is mounted on .* already: unmount it first/);
    expect(await mountsBelow(place.directory)).toEqual([place.mountPoint]);
  });

  it("is refused with a dead mount of somebody else's on it", async () => {
    await mountDead('fuse.sshfs', 'host:');
    await expect(start(place.mountPoint)).rejects.toThrow(/the server of a filesystem of type fuse.sshfs on .* has died: umount -l /);
    expect(await mountsBelow(place.directory)).toEqual([place.mountPoint]);
  });

  it.each(['with space', 'new\nline', 'tab\tand \\ and $HOME `x` "q\'', '-l', 'ünï', '#'])('is taken over and unmounted when its name is %j', async (name) => {
    const mountPoint = join(place.directory, name);
    await mkdir(mountPoint);
    await (await start(mountPoint)).end('SIGKILL');
    const second = await start(mountPoint);
    await expectServed(mountPoint);
    second.command('unmount');
    await second.event('unmounted');
    expect(await mountsBelow(place.directory)).toEqual([]);
  });

  it('is found through relative paths, trailing slashes and symbolic links', async () => {
    await mkdir(join(place.directory, 'a'));
    await symlink('../mnt', join(place.directory, 'a/link'));
    for (const path of ['mnt', './mnt///', 'a/link', 'a/link/', 'a/../mnt/.', join(place.directory, 'a/link')]) {
      const server = await start(path, [], place.directory);
      expect(server.messages[0]?.mountPoint).toBe(place.mountPoint);
      await expect(start(path, [], place.directory)).rejects.toThrow(/another vmsysctld is mounted/);
      await server.end('SIGKILL');
    }
  });

  it('is refused to a user who may not mount there', async () => {
    await chmod(place.directory, 0o755);
    await writeFile(join(place.directory, 'probe.mjs'), `
      const { prepareMountPoint } = await import(${JSON.stringify(new URL('../../build/daemon/mount-point.js', import.meta.url).href)});
      await prepareMountPoint(process.argv[2]).then(console.log, (error) => { console.log(error.message); });`);
    const asNobody = async (path: string): Promise<string> => {
      const { stdout, stderr } = await sh('setpriv --reuid 65534 --clear-groups "$@"', [process.execPath, join(place.directory, 'probe.mjs'), path]);
      return stdout + stderr;
    };
    expect(await asNobody(place.mountPoint)).toBe(`${place.mountPoint} is not accessible to this user: name an empty directory of your own\n`);
    await chmod(place.mountPoint, 0o700);
    expect(await asNobody(place.mountPoint)).toBe(`${place.mountPoint} is not accessible to this user: name an empty directory of your own\n`);
    await chmod(place.mountPoint, 0o777);
    expect(await asNobody(place.mountPoint)).toBe(`${place.mountPoint}\n`);
    await (await start(place.mountPoint)).end('SIGKILL');
    // Linux does not show whether another user's mount is dead.
    expect(await asNobody(place.mountPoint)).toMatch(/^another vmsysctld is mounted on .* already: unmount it first, .*\n$/);
  });
});
