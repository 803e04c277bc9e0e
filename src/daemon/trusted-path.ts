import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WORLD_WRITABLE = 0o002;
/** As many symbolic links as Linux follows. */
const LINKS_MOST = 40;

/**
 * Whether a file's owner is trusted in a directory where everybody can create files: root, this user, or the user who became root with
 * sudo.
 */
export function isTrusted({ uid }: Pick<Stats, 'uid'>): boolean {
  return uid === 0 || uid === process.geteuid?.() || (process.geteuid?.() === 0 && String(uid) === process.env['SUDO_UID']);
}

/** A directory or symbolic link on the path to a file. */
export interface OnTheWay {
  readonly path: string;
  readonly isLink: boolean;
}

/**
 * The first part of the path to a file, without the file, that an untrusted user made in a directory where everybody may write, as /tmp: a
 * directory, in which that user can replace the file, or a symbolic link, whose target that user chose. Undefined if there is none. A
 * missing part does not count. Nobody can replace the parts that were checked, unless a directory that everybody may write to has no sticky
 * bit. It is the protection of fs.protected_symlinks, also where that is off, and for directories too.
 * @param path absolute. @throws as lstat(2)
 */
export function foreignOnTheWay(path: string): OnTheWay | undefined {
  const left = dirname(path).split('/').filter((name) => name !== '');
  let at = '/';
  for (let links = 0; left.length > 0;) {
    const everybodyWrites = (lstatSync(at).mode & WORLD_WRITABLE) !== 0;
    const next = resolve(at, left.shift() ?? '.');
    const found = lstatSync(next, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (everybodyWrites && next !== at && next !== dirname(at) && !isTrusted(found)) return { path: next, isLink: found.isSymbolicLink() };
    if (!found.isSymbolicLink()) {
      at = next;
      continue;
    }
    links += 1;
    // open(2) has the better error.
    if (links > LINKS_MOST) return undefined;
    const target = readlinkSync(next);
    left.unshift(...target.split('/').filter((name) => name !== ''));
    if (target.startsWith('/')) at = '/';
  }
  return undefined;
}

/** Whether everybody may write to the directory a file is in. @throws as stat(2) */
export function everybodyWritesBeside(path: string): boolean {
  return (statSync(dirname(path)).mode & WORLD_WRITABLE) !== 0;
}

/**
 * As foreignOnTheWay(), but it checks the file itself too. Undefined also if there is no such file.
 */
export function foreignAt(path: string): OnTheWay | undefined {
  return foreignOnTheWay(`${path}/below`);
}
