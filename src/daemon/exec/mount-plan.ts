import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, type Stats, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type MountInfo, parseMountInfo, topMountAt } from '../../fuse/mount-info.ts';
import type { Place } from '../../machine/places.ts';
import { SCRATCH } from './namespace.ts';

/** One line of an fstab(5): what is mounted where, and the options of mount(8), as `bind,ro`. */
export interface MountRow {
  readonly source: string;
  readonly target: string;
  readonly options: string;
}

/** A directory of the scratch filesystem that takes the place of one the host has, with all that is in that one, and more. */
export interface Graft {
  /** The host's directory. */
  readonly over: string;
  /** Its name among the grafts. */
  readonly name: string;
  /** Entries it gets, besides those of the host's. */
  readonly adds: Place[];
}

export interface MountPlan {
  readonly grafts: readonly Graft[];
  readonly places: readonly Place[];
  /** Places that this host has no room for: /proc is of processes, and nothing else can be listed among them. */
  readonly unplaceable: readonly string[];
}

/** Flags that a mount may have which Linux lets nobody take away: they are given again, and hurt no file of the kernel. */
const READ_ONLY = 'ro,nosuid,nodev,noexec';
const readOnly = (target: string): MountRow => ({ source: 'none', target, options: `remount,bind,${READ_ONLY}` });
const isBelow = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);

/** Directories that cannot be replaced by a copy of what is in them: what is in them comes and goes. */
const NOT_GRAFTED = ['/', '/proc'];

/** What is at a path of the host's; undefined where nothing is, or nothing this user may look at. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isThere({ path, kind }: Place): boolean {
  const found = look(path);
  return found !== undefined && found.isDirectory() === (kind === 'directory');
}

/** How every place can be had on this host: by a mount on what is there, or within a copy of the nearest directory there is. */
export function planMounts(places: readonly Place[]): MountPlan {
  const grafts = new Map<string, Graft>();
  const unplaceable: string[] = [];
  const placed = places.filter((place) => {
    if (isThere(place)) return true;
    if (place.shield && place.kind === 'directory') return false;
    let over = dirname(place.path);
    while (!look(over)?.isDirectory()) over = dirname(over);
    if (NOT_GRAFTED.includes(over)) {
      if (!place.shield) unplaceable.push(place.path);
      return false;
    }
    const graft = grafts.get(over) ?? { over, name: String(grafts.size), adds: [] };
    grafts.set(over, graft);
    graft.adds.push(place);
    return true;
  });
  // A graft within another copies what is at the path by then.
  return { grafts: [...grafts.values()].sort((a, b) => a.over.length - b.over.length), places: placed, unplaceable };
}

function makeFile(path: string): void {
  writeFileSync(path, '', { mode: 0o444 });
}

/** Where a path of the machine is while the mounts are made. */
type Placing = (path: string) => string;

/** Fills a graft's directory: what is to be mounted in it. `at` is the directory as this process sees it, `inside` as those see it who mount. */
function fill({ over, adds }: Graft, at: string, inside: string, placing: Placing): MountRow[] {
  mkdirSync(at);
  const rows: MountRow[] = [];
  for (const name of namesIn(over)) {
    const path = join(over, name);
    if (adds.some((add) => add.path === path)) continue;
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (found.isSymbolicLink()) {
      symlinkSync(readlinkSync(path), join(at, name));
      continue;
    }
    if (found.isDirectory()) mkdirSync(join(at, name));
    else makeFile(join(at, name));
    rows.push({ source: placing(path), target: join(inside, name), options: 'rbind' });
  }
  for (const { path, kind } of adds) {
    const added = join(at, path.slice(over.length));
    mkdirSync(kind === 'directory' ? added : dirname(added), { recursive: true });
    if (kind === 'file') makeFile(added);
  }
  chmodSync(at, (look(over)?.mode ?? 0o555) & 0o777);
  return rows;
}

/** The names in a directory; none where this user may not know them. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/**
 * Makes the directories of the grafts in the scratch filesystem, which this process sees at `outside`: what is to be mounted for them and for the
 * emulated files, in order. Made once; `made` says that the directories are there.
 */
function placeRows(options: TableOptions, outside: string, made: boolean): MountRow[] {
  const { plan, scratch, newProc } = options;
  const placing: Placing = (path) => (newProc !== undefined && isBelow(path, '/proc') ? `${newProc}${path.slice('/proc'.length)}` : path);
  const grafted = plan.grafts.flatMap((graft) => {
    const name = `${SCRATCH.graft}${graft.name}`;
    const target = join(scratch, name);
    if (made) rmSync(join(outside, name), { recursive: true });
    return [{ source: target, target, options: 'bind' }, ...fill(graft, join(outside, name), target, placing), { source: target, target: placing(graft.over), options: `rbind,${READ_ONLY}` }];
  });
  return [...grafted, ...plan.places.map(({ path }) => ({ source: `${join(scratch, SCRATCH.tree)}${path}`, target: placing(path), options: 'bind' }))];
}

/** Filesystems that are interfaces of the kernel: what is written to one of their files is done to the host, in whichever mount it is. */
const KERNEL_FILESYSTEMS: readonly string[] = [
  'proc', 'sysfs', 'debugfs', 'tracefs', 'securityfs', 'configfs', 'pstore', 'efivarfs', 'bpf', 'cgroup', 'cgroup2', 'fusectl', 'binfmt_misc',
  'selinuxfs', 'smackfs', 'mqueue', 'nfsd', 'resctrl',
];

/** An entry of /proc that is not of a process. */
export interface ProcEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** Whether its mode lets anybody write. */
  readonly writable: boolean;
}

/** What a table is made for. */
export interface TableOptions {
  readonly plan: MountPlan;
  /** The mounts of the host. */
  readonly mounts: readonly MountInfo[];
  /** Entries of the host's /proc. */
  readonly procEntries: readonly ProcEntry[];
  /** The scratch filesystem, as those see it who mount. */
  readonly scratch: string;
  /** Where a proc of the new pid namespace stands meanwhile; undefined where CMD gets the one that is there. */
  readonly newProc: string | undefined;
  /** Whether what is written to files of the kernel may not reach the host. */
  readonly contained: boolean;
}

/** What is to be mounted, in order, before the emulated files: mounts on the old proc that a new one keeps, and what becomes read-only. */
export function surroundingRows({ plan, mounts, procEntries, scratch, newProc, contained }: TableOptions): MountRow[] {
  const emulated = plan.places.map(({ path }) => path);
  const isEmulated = (path: string): boolean => emulated.some((place) => path === place || isBelow(path, place));
  const inProc = (path: string): string => (newProc === undefined ? path : `${newProc}${path.slice('/proc'.length)}`);
  const kept = newProc === undefined ? [] : keptOnProc(mounts).filter(({ mountPoint }) => !isEmulated(mountPoint));
  const guarded = !contained ? [] : procEntries.filter(({ name, kind, writable }) => (kind === 'directory' || writable) && !isEmulated(`/proc/${name}`));
  const elsewhere = !contained ? [] : [...new Set(
    mounts.filter(({ type, mountPoint }) => KERNEL_FILESYSTEMS.includes(type) && mountPoint !== '/proc' && !isBelow(mountPoint, '/proc')
      && !isEmulated(mountPoint)).map(({ mountPoint }) => mountPoint),
  )];
  return [
    ...guarded.flatMap(({ name }) => {
      const target = inProc(`/proc/${name}`);
      return [{ source: target, target, options: `bind,${READ_ONLY}` }, readOnly(target)];
    }),
    ...kept.flatMap(({ mountPoint, root }) => {
      const target = inProc(mountPoint);
      // What was mounted and then deleted cannot be mounted again, but what it hid stays hidden.
      const source = root.endsWith(DELETED) ? join(scratch, SCRATCH.empty) : mountPoint;
      return [{ source, target, options: 'rbind' }, ...(contained ? [readOnly(target)] : [])];
    }),
    ...elsewhere.map(readOnly),
    // The proc of others has the processes of others.
    ...(contained && newProc === undefined ? [readOnly('/proc')] : []),
  ];
}

/** The outermost mounts on files and directories of proc(5), but for those of its own files, which a new proc has too. */
function keptOnProc(mounts: readonly MountInfo[]): MountInfo[] {
  const places = mounts.filter(({ type, mountPoint }) => type !== 'proc' && /^\/proc\/(?!\d)/.test(mountPoint));
  return places.filter(({ mountPoint }, index) => !places.some((other) => isBelow(mountPoint, other.mountPoint))
    && places.findIndex((other) => other.mountPoint === mountPoint) === index);
}

/** How mountinfo ends the name of what is mounted although it was deleted. */
const DELETED = '//deleted';

/** A row that was not done, as the mounts show that were made; undefined when all was done. `tree` is where the machine is mounted. */
export function undone(rows: readonly MountRow[], mounts: readonly MountInfo[], tree: string, newProc: string | undefined): MountRow | undefined {
  const machine = topMountAt(mounts, tree)?.device;
  return rows.find(({ source, target, options }) => {
    const place = newProc !== undefined && isBelow(target, newProc) ? `/proc${target.slice(newProc.length)}` : target;
    const mount = topMountAt(mounts, place);
    // A mount of the host that has gone since the table was made needs no remount: what is there now belongs to the mount around it.
    if (mount === undefined) return !options.startsWith('remount,');
    if (isBelow(source, tree)) return mount.device !== machine || mount.root !== source.slice(tree.length);
    return options.includes(READ_ONLY) && !mount.readOnly;
  });
}

/** The rows as fstab(5) has them. */
export function formatFstab(rows: readonly MountRow[]): string {
  return rows.map(({ source, target, options }) => `${field(source)} ${field(target)} none ${options} 0 0\n`).join('');
}

function field(path: string): string {
  return path.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The two mount tables of a boot, in the files of the scratch filesystem that the scripts read. */
export interface MountTables {
  readonly fstab: readonly MountRow[];
  readonly sharedFstab: readonly MountRow[];
  /** Places that this host has no room for. */
  readonly unplaceable: readonly string[];
}

/**
 * Plans where emulated files go on this host, and writes the tables. `outside` is where this process sees the scratch filesystem, `scratch` where
 * the namespace does. @throws as writeFile
 */
export function writeTables(places: readonly Place[], { outside, scratch, contained }: { readonly outside: string; readonly scratch: string; readonly contained: boolean }): MountTables {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const common = { plan: planMounts(places), mounts, procEntries: entriesOfProc(), scratch, contained };
  const table = (name: string, newProc: string | undefined, made: boolean): MountRow[] => {
    const options = { ...common, newProc };
    const rows = [...surroundingRows(options), ...placeRows(options, outside, made), ...(contained ? [readOnly(scratch)] : [])];
    writeFileSync(join(outside, name), formatFstab(rows));
    return rows;
  };
  if (mounts.some(({ root, mountPoint }) => root.endsWith(DELETED) && isBelow(mountPoint, '/proc'))) writeFileSync(join(outside, SCRATCH.empty), '', { mode: 0 });
  return {
    fstab: table(SCRATCH.fstab, join(scratch, SCRATCH.proc), false), sharedFstab: table(SCRATCH.sharedFstab, undefined, true), unplaceable: common.plan.unplaceable,
  };
}

/** What /proc has besides processes and links. */
function entriesOfProc(): ProcEntry[] {
  return readdirSync('/proc', { withFileTypes: true }).flatMap((entry): ProcEntry[] => {
    if (/^\d/.test(entry.name) || entry.isSymbolicLink()) return [];
    const mode = look(`/proc/${entry.name}`)?.mode ?? 0;
    return [{ name: entry.name, kind: entry.isDirectory() ? 'directory' : 'file', writable: (mode & 0o222) !== 0 }];
  });
}
