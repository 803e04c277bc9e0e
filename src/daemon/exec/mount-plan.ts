import { chmodSync, lstatSync, mkdirSync, readdirSync, readlinkSync, type Stats, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MountInfo } from '../../fuse/mount-info.ts';
import type { Place } from '../../machine/places.ts';

/** One line of an fstab(5): what is mounted where, and how. */
export interface MountRow {
  readonly source: string;
  readonly target: string;
  readonly how: 'bind' | 'rbind';
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

/** Fills a graft's directory, and tells what is to be mounted in it. `at` is the directory as this process sees it, `inside` as those who mount. */
function fill({ over, adds }: Graft, at: string, inside: string): MountRow[] {
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
    rows.push({ source: path, target: join(inside, name), how: 'rbind' });
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
 * Makes what the plan needs in the scratch filesystem, and answers with what is to be mounted, in order. `scratch` is where this process sees
 * that filesystem, `inside` where those who mount do; `tree` is where they see the emulated files.
 */
export function layOutMounts({ grafts, places }: MountPlan, scratch: string, inside: string, tree: string): MountRow[] {
  const grafted = grafts.flatMap((graft) => {
    const name = `graft-${graft.name}`;
    const target = join(inside, name);
    return [...fill(graft, join(scratch, name), target), { source: target, target: graft.over, how: 'rbind' as const }];
  });
  return [...grafted, ...places.map(({ path }) => ({ source: `${tree}${path}`, target: path, how: 'bind' as const }))];
}

/** The mounts that lie on files and directories of a proc(5), for another proc that stands at `proc` meanwhile. */
export function mountsOnProc(mounts: readonly MountInfo[], proc: string): MountRow[] {
  const places = new Set(mounts.map(({ mountPoint }) => mountPoint).filter((place) => /^\/proc\/(?!\d)/.test(place)));
  const outermost = [...places].filter((place) => ![...places].some((other) => place.startsWith(`${other}/`)));
  return outermost.map((place) => ({ source: place, target: `${proc}${place.slice('/proc'.length)}`, how: 'rbind' }));
}

/** The rows as fstab(5) has them. */
export function formatFstab(rows: readonly MountRow[]): string {
  return rows.map(({ source, target, how }) => `${field(source)} ${field(target)} none ${how} 0 0\n`).join('');
}

function field(path: string): string {
  return path.replace(/[ \t\n\\#]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
