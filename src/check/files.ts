import type { Tool } from './tools/tool.ts';

/** A file with settings, or one that could not be read. */
export interface ConfigFile {
  /** As messages name it. */
  readonly path: string;
  /** Its content, one byte a character. Absent: it could not be read. */
  readonly text?: string;
  /** Why it could not be read, as a predicate: `is not accessible to this user`. */
  readonly unreadable?: string;
  /** It is a link that leads nowhere. */
  readonly missing?: true;
  /**
   * Where it lies: in a directory of the search path, by its place there, 0 first; `named`, where it was named itself; or /etc/sysctl.conf.
   * A file of a directory hides those of the same name in later directories.
   */
  readonly place: number | 'named' | 'sysctl.conf';
  /** What two names of one file have in common. Absent: the path. */
  readonly identity?: string;
}

/** The directories of sysctl.d files, the first of which hides what the others have. Source: CONF_PATHS_STRV() of systemd, PreloadSystem() of procps. */
export const SEARCH_PATH = ['etc/sysctl.d', 'run/sysctl.d', 'usr/local/lib/sysctl.d', 'usr/lib/sysctl.d', 'lib/sysctl.d'] as const;
/** The file that procps reads after all others, and systemd only where a link in a directory leads to it. */
export const SYSCTL_CONF = 'etc/sysctl.conf';

const IN_SEARCH_PATH = new RegExp(`(?:^|/)(${SEARCH_PATH.toReversed().join('|')})/[^/]+\\.conf$`);

/** The place of a file, by its path: `/etc/sysctl.d/10-x.conf` is 0. What lies in no directory of the search path is `named`. */
export function placeOf(path: string): ConfigFile['place'] {
  if (path === SYSCTL_CONF || path.endsWith(`/${SYSCTL_CONF}`)) return 'sysctl.conf';
  const directory = IN_SEARCH_PATH.exec(path)?.[1];
  const place = SEARCH_PATH.findIndex((each) => each === directory);
  return place < 0 ? 'named' : place;
}

/**
 * The files that a tool reads, in order: those of directories by name, without the hidden ones; then /etc/sysctl.conf, if the tool reads
 * it; then those that were named, as given. Returns their places in `files`.
 */
export function filesInOrder(files: readonly ConfigFile[], { readsSysctlConf, readsHidden }: Pick<Tool, 'readsSysctlConf' | 'readsHidden'>): readonly number[] {
  const byName = new Map<string, number>();
  files.forEach(({ place, path }, index) => {
    if (typeof place !== 'number') return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name.startsWith('.') && !readsHidden) return;
    const known = files[byName.get(name) ?? -1]?.place;
    if (typeof known !== 'number' || place < known) byName.set(name, index);
  });
  const sorted = [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, index]) => index);
  const others = (wanted: ConfigFile['place']): number[] => files.flatMap(({ place }, index) => (place === wanted ? [index] : []));
  return [...sorted, ...(readsSysctlConf ? others('sysctl.conf') : []), ...others('named')];
}
