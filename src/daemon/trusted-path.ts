import { lstatSync, readlinkSync, statSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';

const WORLD_WRITABLE = 0o002;
/** As many symbolic links as Linux follows. */
const LINKS_MOST = 40;

/** Whose files may stand in a directory where everybody can make some: root's, this user's, and those of whoever became root by sudo. */
export function isTrusted({ uid }: Pick<Stats, 'uid'>): boolean {
  return uid === 0 || uid === process.geteuid?.() || (process.geteuid?.() === 0 && String(uid) === process.env['SUDO_UID']);
}

/** Something on the way to a file. */
export interface OnTheWay {
  readonly path: string;
  readonly isLink: boolean;
}

/**
 * What stands on the way to a file, the file left out, that somebody else put there who may write there only as everybody may, as in /tmp: a
 * directory of his, in which he can exchange the file for what he likes, or a symbolic link that leads where he likes. Undefined where there is
 * nothing of the kind; what is missing on the way is nobody's yet. Nobody can exchange what was found to be in order, save where a directory
 * that everybody may write to has no sticky bit. It is what fs.protected_symlinks does, wherever that is off, and for directories too.
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
    // open(2) says it better.
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
 * As foreignOnTheWay(), the file itself among what is looked at: what is not to be written to where everybody may have put it. Undefined where
 * there is no such file yet.
 */
export function foreignAt(path: string): OnTheWay | undefined {
  return foreignOnTheWay(`${path}/below`);
}
