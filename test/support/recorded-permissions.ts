import { recording } from './recording.ts';
import type { RecordedKernel } from './recorded-writes.ts';

/**
 * A file of the recording: `PATH MODE root root- user userns`, then what one capability more or less changes. Each answer is two letters,
 * for read and write: `-` is EACCES at open(2), a capital is the errno of read(2) or write(2). `userns` is left out: an ordinary user as
 * root of namespaces of its own opens the files of those namespaces, and the machine has no others.
 */
export interface PermissionRow {
  readonly path: string;
  readonly root: string;
  readonly rootWithout: string;
  readonly user: string;
  /** By `+CAP` of an ordinary user, or `-CAP` of root. */
  readonly changes: ReadonlyMap<string, string>;
}

export function permissionRows(kernel: RecordedKernel): readonly PermissionRow[] {
  return recording(`sysctl-permissions.${kernel}.txt`).trimEnd().split('\n').filter((line) => !line.startsWith('#')).map((line) => {
    const [path = '', , root = '', rootWithout = '', user = '', , ...changes] = line.split(' ');
    return { path, root, rootWithout, user, changes: new Map(changes.map((change): [string, string] => {
      const [name = '', answer = ''] = change.split(':');
      return [name, answer];
    })) };
  });
}

/** The letters of errnos that read(2) and write(2) answer. */
export const LETTERS: Readonly<Record<string, string>> = { EPERM: 'P', EACCES: 'A', EINVAL: 'I', EIO: 'O', EOPNOTSUPP: 'S', ENOTSUPP: 'T' };

/** vm/stat_refresh has mode 0600 and everybody could read it: the recorded kernel does not do what its source says. */
export const UNEXPLAINED: readonly string[] = ['vm/stat_refresh'];
