import { ERRNO } from '../abi/errno.ts';
import { S_IF } from '../abi/file-calls.ts';
import type { Vfs } from '../vfs/vfs.ts';

/** Symbolic links that a path may lead over. Source: MAXSYMLINKS (include/linux/namei.h). */
const MAX_LINKS = 40;
const FORMAT = 0o170000;

/**
 * Resolves symbolic links, `.` and `..` in a path. A relative path begins at the root. The last name need not exist. Returns the
 * absolute path or a negative errno. Mirrors link_path_walk() (fs/namei.c).
 */
export function resolvePath(vfs: Vfs, path: string): string | number {
  if (path === '') return -ERRNO.ENOENT;
  const left = namesOf(path);
  let at: string[] = [];
  let links = 0;
  for (let name = left.shift(); name !== undefined; name = left.shift()) {
    const directory = checkDirectory(vfs, at);
    if (directory < 0) return directory;
    if (name === '.') continue;
    if (name === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const target = vfs.readlink(`/${[...at, name].join('/')}`);
    if (typeof target !== 'string') {
      at = [...at, name];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return -ERRNO.ELOOP;
    if (target.startsWith('/')) at = [];
    left.unshift(...namesOf(target));
  }
  return `/${at.join('/')}`;
}

/** The names in a path; a slash at its end asks for a directory, as `.` does. */
function namesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '');
  return path.endsWith('/') ? [...names, '.'] : names;
}

function checkDirectory(vfs: Vfs, names: readonly string[]): number {
  const status = vfs.getattr(`/${names.join('/')}`);
  if (typeof status === 'number') return status;
  return (status.mode & FORMAT) === S_IF.directory ? 0 : -ERRNO.ENOTDIR;
}
