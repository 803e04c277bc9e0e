import { errnoName } from '../../src/abi/errno.ts';
import type { TestMachine } from './machine.ts';
import { recording } from './recording.ts';

/** A file of a recording: `F PATH MODE VALUE`, with tabs and newlines escaped, or `!ERRNO` if it could not be read. */
export interface ListedFile {
  readonly path: string;
  readonly shown: string;
}

/** The files of a list. */
export function parseListed(text: string): ListedFile[] {
  return text.trimEnd().split('\n').flatMap((line) => {
    const [, path = '', shown = ''] = /^F (\S+) (.*)$/.exec(line) ?? [];
    return path === '' ? [] : [{ path, shown }];
  });
}

/** The files that a recording lists, below net/ or outside it. */
export function listedFiles(name: string, where: 'net' | 'outside net'): ListedFile[] {
  return parseListed(recording(name)).filter(({ path }) => path.startsWith('net/') === (where === 'net'));
}

/** The paths of all files of a machine below a directory of /proc/sys. With '' all of them. */
export function filesBelow(machine: TestMachine, directory: string): string[] {
  const names = machine.vfs.readdir(`/proc/sys/${directory}`);
  if (typeof names === 'number') return [directory];
  return names.flatMap((name) => filesBelow(machine, directory === '' ? name : `${directory}/${name}`));
}

/** A file of the machine in the form of a recording. */
export function shownBy({ vfs, read }: TestMachine, path: string): string {
  const attributes = vfs.getattr(`/proc/sys/${path}`);
  if (typeof attributes === 'number') return errnoName(attributes);
  const value = read(`/proc/sys/${path}`);
  const text = typeof value === 'number' ? `!${errnoName(value)}` : value.replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  return `${(attributes.mode & 0o7777).toString(8).padStart(4, '0')} ${text}`;
}
