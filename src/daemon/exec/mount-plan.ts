import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, type Stats, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type MountInfo, parseMountInfo, topMountAt } from '../../fuse/mount-info.ts';
import type { Place } from '../../machine/places.ts';
import { SCRATCH } from './namespace-scripts.ts';

/** One line of an fstab(5): what is mounted where, and the options of mount(8), as `bind,ro`. */
export interface MountRow {
  readonly source: string;
  readonly target: string;
  readonly options: string;
  /** The type of a filesystem that is new; absent where the source is a path. */
  readonly type?: string;
}

/** A directory of the scratch filesystem that replaces a directory of the host. It has everything in that one, and more. */
export interface Graft {
  /** The host's directory. */
  readonly over: string;
  /** Its name in the scratch filesystem. */
  readonly name: string;
  /** Entries that it gets besides those of the host's directory. */
  readonly adds: Place[];
  /** Whether it is an overlay(5) of the additions over the host's, in place of a copy with a mount for each entry. */
  readonly overlaid: boolean;
}

export interface MountPlan {
  readonly grafts: readonly Graft[];
  readonly places: readonly Place[];
  /** Places for which this host has no room: /proc consists of processes, and nothing can be added to its listing. */
  readonly unplaceable: readonly string[];
}

/** Flags of a mount that Linux lets nobody remove. They are given again, and do not disturb files of the kernel. */
const READ_ONLY = 'ro,nosuid,nodev,noexec';
/** Of a remount, which has no source. `mount -a` passes over a mount of the same source at the same place, so no mount of the host may have this one. */
const NO_SOURCE = 'vmsysctld-remount';
const readOnly = (target: string): MountRow => ({ source: NO_SOURCE, target, options: `remount,bind,${READ_ONLY}` });
const isBelow = (path: string, directory: string): boolean => path.startsWith(`${directory}/`);

/** Directories that a copy cannot replace, because their entries come and go. */
const NOT_GRAFTED = ['/', '/proc'];

type Stat = (path: string, options: { readonly throwIfNoEntry: false }) => Stats | undefined;

/** What is at a path of the host; of a symbolic link, what it leads to. Undefined if there is nothing, or nothing that this user may look at. */
function look(path: string, stat: Stat = statSync): Stats | undefined {
  try {
    return stat(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function isThere({ path, kind }: Place): boolean {
  const found = look(path);
  return found !== undefined && found.isDirectory() === (kind === 'directory');
}

/** A directory with more entries is overlaid: a copy of it would fill /proc/mounts. Of the kernel's, /sys/module alone is so large. */
const MOST_COPIED = 32;

/**
 * Whether a directory can be overlaid. What is mounted below it would be missed, and these characters are those of the options of an overlay. A copy keeps
 * the type of the filesystem, for which some programs look.
 */
function isOverlaid(over: string, mounts: readonly MountInfo[]): boolean {
  return namesIn(over).length > MOST_COPIED && !/[:,\\]/.test(over) && !mounts.some(({ mountPoint }) => isBelow(mountPoint, over));
}

/** A graft over a directory. Without overlays its name differs from all that it may have had with them. */
function newGraft(over: string, number: number, mounts: readonly MountInfo[] | undefined): Graft {
  const overlaid = mounts !== undefined && isOverlaid(over, mounts);
  return { over, name: `${overlaid ? SCRATCH.added : SCRATCH.graft}${mounts === undefined ? 'all-' : ''}${number}`, adds: [], overlaid };
}

/**
 * How every place can be provided on this host: by a mount on what is there, within a copy of the nearest existing directory, or by an
 * overlay over that. `mounts` are those of the host; undefined if it has no overlays.
 */
export function planMounts(places: readonly Place[], mounts?: readonly MountInfo[]): MountPlan {
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
    const graft = grafts.get(over) ?? newGraft(over, grafts.size, mounts);
    grafts.set(over, graft);
    graft.adds.push(place);
    return true;
  });
  // A graft within another one copies what is at the path at that time.
  return { grafts: [...grafts.values()].sort((a, b) => a.over.length - b.over.length), places: placed, unplaceable };
}

function makeFile(path: string): void {
  writeFileSync(path, '', { mode: 0o444 });
}

/** The type of overlays, which also stands for their source. */
const OVERLAY = 'overlay';

/** Where a path of the machine lies while the mounts are made. */
type Placing = (path: string) => string;

/**
 * Makes a graft's directory: what it adds, and for a copy, room for all entries of the host's directory. `at` is the directory as this
 * process sees it.
 */
function makeGraft({ over, adds }: Graft, entries: readonly Entry[], at: string): void {
  mkdirSync(at);
  for (const { name, target, kind } of entries) {
    if (kind === 'link') symlinkSync(target, join(at, name));
    else if (kind === 'directory') mkdirSync(join(at, name));
    else makeFile(join(at, name));
  }
  for (const { path, kind } of adds) {
    const added = join(at, path.slice(over.length));
    mkdirSync(kind === 'directory' ? added : dirname(added), { recursive: true });
    if (kind === 'file') makeFile(added);
  }
  chmodSync(at, (look(over)?.mode ?? 0o555) & 0o777);
}

/** What is mounted in a copy of a directory. `inside` is the copy as the mounting process sees it. */
function copiedEntries({ over }: Graft, entries: readonly Entry[], inside: string, placing: Placing): MountRow[] {
  return entries.filter(({ kind }) => kind !== 'link').map(({ name }) => ({ source: placing(join(over, name)), target: join(inside, name), options: 'rbind' }));
}

/** An entry of a directory of the host; of a symbolic link, where it leads. */
interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly target: string;
}

/** The part of the host's directory that a copy has: all but what the graft adds. An overlay has no copies. */
function entriesOf({ over, adds, overlaid }: Graft): Entry[] {
  const names = overlaid ? [] : namesIn(over).filter((name) => !adds.some(({ path }) => path === join(over, name)));
  return names.flatMap((name) => entryAt(join(over, name), name) ?? []);
}

/** An entry of a directory. Undefined if it has gone since the directory was listed, as an interface in /sys does. */
function entryAt(path: string, name: string): Entry | undefined {
  try {
    const found = lstatSync(path);
    if (found.isSymbolicLink()) return { name, kind: 'link', target: readlinkSync(path) };
    return { name, kind: found.isDirectory() ? 'directory' : 'file', target: '' };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return undefined;
  }
}

/** The names in a directory. None if this user may not read them. */
function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** What is to be mounted for the grafts and for the emulated files, in order. */
function placeRows({ plan, scratch, newProc }: TableOptions, entries: ReadonlyMap<Graft, readonly Entry[]>): MountRow[] {
  const placing: Placing = (path) => (newProc !== undefined && isBelow(path, '/proc') ? `${newProc}${path.slice('/proc'.length)}` : path);
  const grafted = plan.grafts.flatMap((graft): MountRow[] => {
    const target = join(scratch, graft.name);
    const place = placing(graft.over);
    if (graft.overlaid) return [{ source: OVERLAY, target: place, type: OVERLAY, options: `lowerdir=${target}:${place},${READ_ONLY}` }];
    return [{ source: target, target, options: 'bind' }, ...copiedEntries(graft, entries.get(graft) ?? [], target, placing), { source: target, target: place, options: `rbind,${READ_ONLY}` }];
  });
  return [...grafted, ...plan.places.map(({ path }) => ({ source: `${join(scratch, SCRATCH.tree)}${path}`, target: placing(path), options: 'bind' }))];
}

/** Filesystems that are interfaces of the kernel: a write to one of their files changes the host, in any mount of it. */
const KERNEL_FILESYSTEMS: readonly string[] = [
  'proc', 'sysfs', 'debugfs', 'tracefs', 'securityfs', 'configfs', 'pstore', 'efivarfs', 'bpf', 'cgroup', 'cgroup2', 'fusectl', 'binfmt_misc',
  'selinuxfs', 'smackfs', 'mqueue', 'nfsd', 'resctrl',
];

/** An entry of /proc that does not belong to a process. */
export interface ProcEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory';
  /** Whether its mode lets everybody write. */
  readonly writable: boolean;
}

/** What a table is made for. */
export interface TableOptions {
  readonly plan: MountPlan;
  /** The mounts of the host. */
  readonly mounts: readonly MountInfo[];
  /** Entries of the host's /proc. */
  readonly procEntries: readonly ProcEntry[];
  /** The scratch filesystem, as the mounting process sees it. */
  readonly scratch: string;
  /** Where a proc of the new pid namespace lies meanwhile. Undefined if CMD gets the existing one. */
  readonly newProc: string | undefined;
  /** Whether writes to files of the kernel must not reach the host. */
  readonly contained: boolean;
  /** Filesystems that this kernel has. */
  readonly filesystems: readonly string[];
}

/** Filesystems that tools look for in /proc/mounts, and mount if they are missing. Emulated directories cover both. */
const LOOKED_FOR = [['debugfs', '/sys/kernel/debug'], ['tracefs', '/sys/kernel/tracing']] as const;

/** What is to be mounted, in order, before the emulated files: mounts on the old proc that a new one keeps, and what becomes read-only. */
export function surroundingRows({ plan, mounts, procEntries, scratch, newProc, contained, filesystems }: TableOptions): MountRow[] {
  const emulated = plan.places.map(({ path }) => path);
  const isEmulated = (path: string): boolean => emulated.some((place) => path === place || isBelow(path, place));
  const inProc = (path: string): string => (newProc === undefined ? path : `${newProc}${path.slice('/proc'.length)}`);
  const kept = newProc === undefined ? [] : keptOnProc(mounts).filter(({ mountPoint }) => !isEmulated(mountPoint));
  const guarded = !contained ? [] : procEntries.filter(({ name, kind, writable }) => (kind === 'directory' || writable) && !isEmulated(`/proc/${name}`));
  const elsewhere = !contained ? [] : [...new Set(
    mounts.filter(({ type, mountPoint }) => KERNEL_FILESYSTEMS.includes(type) && mountPoint !== '/proc' && !isBelow(mountPoint, '/proc')
      && !isEmulated(mountPoint)).map(({ mountPoint }) => mountPoint),
  )];
  const lookedFor = LOOKED_FOR.filter(([type, target]) => filesystems.includes(type) && topMountAt(mounts, target)?.mountPoint !== target);
  return [
    ...lookedFor.map(([type, target]) => ({ source: type, target, type, options: 'nosuid,nodev,noexec' })),
    ...guarded.flatMap(({ name }) => {
      const target = inProc(`/proc/${name}`);
      return [{ source: target, target, options: `bind,${READ_ONLY}` }, readOnly(target)];
    }),
    ...kept.flatMap(({ mountPoint, root }) => {
      const target = inProc(mountPoint);
      // A deleted source cannot be mounted again, but what the mount hid stays hidden.
      const source = root.endsWith(DELETED) ? join(scratch, SCRATCH.empty) : mountPoint;
      return [{ source, target, options: 'rbind' }, ...(contained ? [readOnly(target)] : [])];
    }),
    ...elsewhere.map(readOnly),
    // The proc of another pid namespace has other processes.
    ...(contained && newProc === undefined ? [readOnly('/proc')] : []),
  ];
}

/** The outermost mounts on files and directories of proc(5), except those of its own files, which a new proc has too. */
function keptOnProc(mounts: readonly MountInfo[]): MountInfo[] {
  const places = mounts.filter(({ type, mountPoint }) => type !== 'proc' && /^\/proc\/(?!\d)/.test(mountPoint));
  return places.filter(({ mountPoint }, index) => !places.some((other) => isBelow(mountPoint, other.mountPoint))
    && places.findIndex((other) => other.mountPoint === mountPoint) === index);
}

/** The ending that mountinfo adds to the name of a deleted source. */
const DELETED = '//deleted';

/** A row without effect, according to the mounts. Undefined if all rows had effect. `tree` is where the machine is mounted. */
export function undone(rows: readonly MountRow[], mounts: readonly MountInfo[], tree: string, newProc: string | undefined): MountRow | undefined {
  const machine = topMountAt(mounts, tree)?.device;
  return rows.find(({ source, target, options, type }) => {
    // An ordinary user may not mount these, and needs them only to be looked at.
    if (LOOKED_FOR.some(([each]) => each === type)) return false;
    const place = newProc !== undefined && isBelow(target, newProc) ? `/proc${target.slice(newProc.length)}` : target;
    const mount = topMountAt(mounts, place);
    // A mount of the host that has disappeared since the table was made needs no remount: its place now belongs to the mount around it.
    if (mount === undefined) return !options.startsWith('remount,');
    if (type !== undefined && mount.type !== type) return true;
    if (isBelow(source, tree)) return mount.device !== machine || mount.root !== source.slice(tree.length);
    return options.includes(READ_ONLY) && !mount.readOnly;
  });
}

/** The rows in the form of fstab(5). */
export function formatFstab(rows: readonly MountRow[]): string {
  return rows.map(({ source, target, options, type = 'none' }) => `${field(source)} ${field(target)} ${type} ${options} 0 0\n`).join('');
}

function field(path: string): string {
  return path.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

/** The two mount tables of a boot, in the files of the scratch filesystem that the scripts read. */
export interface MountTables {
  readonly fstab: readonly MountRow[];
  readonly sharedFstab: readonly MountRow[];
  /** Places for which this host has no room. */
  readonly unplaceable: readonly string[];
  readonly places: readonly Place[];
}

/** Whether a row is one that a kernel without overlays refuses. */
export function isOverlay({ type }: MountRow): boolean {
  return type === OVERLAY;
}

interface WriteOptions {
  /** Where this process sees the scratch filesystem, and where the namespace does. */
  readonly outside: string;
  readonly scratch: string;
  readonly contained: boolean;
  /** Whether large directories are overlaid, in place of copied. */
  readonly overlays: boolean;
}

/** Plans where emulated files go on this host, and writes the tables. They can be written again. @throws as writeFile */
export function writeTables(places: readonly Place[], { outside, scratch, contained, overlays }: WriteOptions): MountTables {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const filesystems = readFileSync('/proc/filesystems', 'latin1').split(/\s+/);
  const common = { plan: planMounts(places, overlays ? mounts : undefined), mounts, procEntries: entriesOfProc(), scratch, contained, filesystems };
  // Listed once: the mounts of a copy must be of what it has, whatever comes and goes meanwhile.
  const entries = new Map(common.plan.grafts.map((graft) => [graft, entriesOf(graft)]));
  for (const [graft, copied] of entries) makeGraft(graft, copied, join(outside, graft.name));
  const table = (name: string, newProc: string | undefined): MountRow[] => {
    const options = { ...common, newProc };
    const rows = [...surroundingRows(options), ...placeRows(options, entries), ...(contained ? [readOnly(scratch)] : [])];
    writeFileSync(join(outside, name), formatFstab(rows));
    return rows;
  };
  if (mounts.some(({ root, mountPoint }) => root.endsWith(DELETED) && isBelow(mountPoint, '/proc'))) writeFileSync(join(outside, SCRATCH.empty), '', { mode: 0 });
  return {
    fstab: table(SCRATCH.fstab, join(scratch, SCRATCH.proc)), sharedFstab: table(SCRATCH.sharedFstab, undefined), unplaceable: common.plan.unplaceable, places,
  };
}

/** The entries of /proc that are neither processes nor links. */
function entriesOfProc(): ProcEntry[] {
  // Without types: where Linux gives none, for a process that has just ended, Node.js asks for it, and fails.
  return readdirSync('/proc').filter((name) => !/^\d/.test(name)).flatMap((name): ProcEntry[] => {
    const found = look(`/proc/${name}`, lstatSync);
    if (found === undefined || found.isSymbolicLink()) return [];
    return [{ name, kind: found.isDirectory() ? 'directory' : 'file', writable: (found.mode & 0o222) !== 0 }];
  });
}
