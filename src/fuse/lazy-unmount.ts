import { execFile } from 'node:child_process';

/** How long a tool that unmounts may take, in milliseconds. Detaching is immediate; only a tool that hangs takes longer. */
const TOOL_TIMEOUT = 10_000;

/** The tools that detach a mount, in the order they are tried. The path comes last. */
const BY_ROOT = [['umount', '-l', '--']] as const;
const BY_ANYONE = [['fusermount3', '-uz', '--'], ['fusermount', '-uz', '--']] as const;

/** Runs a tool without a shell, so the name of a mount point needs no quotes. Settles with the reason if it failed, in one line. */
function run(tool: string, commandArguments: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(tool, commandArguments, { timeout: TOOL_TIMEOUT, killSignal: 'SIGKILL' }, (error, _stdout, stderr) => {
      if (error === null) resolve(undefined);
      else resolve(error.code === 'ENOENT' ? `${tool}: not found` : (stderr.trim() || error.message).replaceAll('\n', ' '));
    });
  });
}

/**
 * Removes the topmost mount at a canonical path from the mount table at once, even if files are open or its server is dead (MNT_DETACH).
 * Runs umount(8) as root. Other users need fusermount(1): only it may undo a user's own FUSE mount. Settles with the errors of the tools
 * in one line if all of them failed.
 */
export async function lazyUnmount(mountPoint: string): Promise<string | undefined> {
  const complaints: string[] = [];
  for (const [tool, ...options] of process.geteuid?.() === 0 ? [...BY_ROOT, ...BY_ANYONE] : BY_ANYONE) {
    const complaint = await run(tool, [...options, mountPoint]);
    if (complaint === undefined) return undefined;
    complaints.push(complaint);
  }
  return complaints.join('; ');
}
