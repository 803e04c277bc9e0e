import { ERRNO } from '../abi/errno.ts';
import { ALL_CAPABILITIES, type Caller } from '../abi/caller.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { MachineLayout } from '../kernel/memory/layout.ts';
import type { Profile } from '../kernel/profiles/profile.ts';
import { integersOf } from '../kernel/sysctl/after-write.ts';
import { bootValues } from '../kernel/sysctl/boot-values.ts';
import { type CtlTable, latin1Bytes, latin1Text, type MachineSize, type SysctlHost, type SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import type { MachineParts } from '../kernel/sysctl/machine-parts.ts';
import { sysctlPerm } from '../kernel/sysctl/permissions.ts';
import { sysctlRead, sysctlWrite } from '../kernel/sysctl/sysctl-file.ts';

/** What sysctlPerm() needs to know of a file. */
const READ = 4;
const WRITE = 2;
/** Directories have these bits. */
const DIRECTORY_MODE = 0o555;
/** More than any sysctl shows, and less than the length that read(2) refuses. */
const WHOLE_FILE = 1024 * 1024;
/** The pool of huge pages is the only part of the machine, besides the values, that a sysctl changes. */
const POOL = 'vm.nr_hugepages';

const NONE: readonly never[] = [];
const NO_VALUES: ReadonlyMap<string, SysctlValue> = new Map<string, SysctlValue>();
/** Paths whose parts are remembered. */
const MOST_RESOLVED = 65_536;

/** Of a path that leads nowhere. No path has a NUL. */
const UNRESOLVED = '\0';

/** Whether two values of a sysctl are the same. */
export function sameValue(a: SysctlValue | undefined, b: SysctlValue | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object') return false;
  return a.length === b.length && a.every((number, index) => number === b[index]);
}

/** The machine that a kernel is tried on. */
export interface TreeOptions {
  readonly profile: Profile;
  readonly layout: MachineLayout;
  readonly parts: MachineParts;
}

/** The files below /proc/sys of one emulated machine, as root's system calls see them. Paths are below /proc/sys, without a slash at the begin. */
export class SysctlTree {
  readonly kernel: Kernel;
  readonly #rows = new Map<string, CtlTable>();
  readonly #directories = new Map<string, string[]>();
  readonly #booted: ReadonlyMap<string, SysctlValue>;
  /** Values at boot with more modules, by their names: few, as one module or all are asked for. */
  readonly #withModules = new Map<string, ReadonlyMap<string, SysctlValue>>();
  #caller: Caller = { pid: 1, uid: 0, comm: 'sysctl', capabilities: ALL_CAPABILITIES };
  /** Names of values that were set: since the last look, and since the last boot. */
  readonly #changed = new Set<string>();
  readonly #touched = new Set<string>();
  /** Paths that are none of a file or a directory, simplified. */
  readonly #simple = new Map<string, string>();
  /** Files as texts, by their bytes: a file that has not changed shows the same array. */
  readonly #texts = new WeakMap<Uint8Array, string>();

  constructor({ profile, layout, parts }: TreeOptions) {
    this.kernel = new Kernel({ profile, layout, parts, seed: 0, clock: () => 0 });
    this.kernel.takeEffects();
    const { values } = this.kernel;
    this.#booted = new Map(values);
    const set = values.set.bind(values);
    values.set = (name, value) => {
      this.#changed.add(name);
      this.#touched.add(name);
      return set(name, value);
    };
    this.#directories.set('', []);
    for (const row of this.kernel.sysctls) {
      this.#rows.set(row.path, row);
      const directory = row.path.slice(0, -row.procname.length - 1);
      this.#namesIn(directory).push(row.procname);
    }
    for (const names of this.#directories.values()) names.sort();
  }

  #namesIn(directory: string): string[] {
    const known = this.#directories.get(directory);
    if (known !== undefined) return known;
    const names: string[] = [];
    this.#directories.set(directory, names);
    const slash = directory.lastIndexOf('/');
    this.#namesIn(directory.slice(0, Math.max(0, slash))).push(directory.slice(slash + 1));
    return names;
  }

  /** Boots the machine again, as far as sysctls go, for the files of a tool. `values`: what earlier writes have set, by name. */
  boot(comm: string, values: ReadonlyMap<string, SysctlValue | undefined> = NO_VALUES): void {
    this.#caller = { ...this.#caller, comm };
    const { kernel } = this;
    const pages = integersOf(kernel, POOL)[0] ?? 0n;
    const first = values.get(POOL) ?? this.#booted.get(POOL);
    const wanted = typeof first === 'object' ? first[0] ?? 0n : 0n;
    if (pages !== wanted) kernel.resizeHugetlbPool(wanted, pages);
    for (const name of [...this.#touched]) if (!values.has(name)) this.#setBooted(name);
    this.#touched.clear();
    for (const [name, value] of values) {
      if (value === undefined) this.#setBooted(name);
      else kernel.values.set(name, value);
    }
    kernel.takeEffects();
    this.#changed.clear();
  }

  #setBooted(name: string): void {
    const { values } = this.kernel;
    const value = this.#booted.get(name);
    if (value === undefined) values.delete(name);
    else values.set(name, value);
  }

  /** The value of a sysctl at boot. */
  booted(name: string): SysctlValue | undefined {
    return this.#booted.get(name);
  }

  /** The values that differ from those at boot. */
  state(): Map<string, SysctlValue | undefined> {
    const { values } = this.kernel;
    return new Map([...this.#touched].map((name) => [name, values.get(name)] as const).filter(([name, value]) => !sameValue(value, this.#booted.get(name))));
  }

  /** The names of the values that were set since the last call. */
  changed(): readonly string[] {
    if (this.#changed.size === 0) return NONE;
    const names = [...this.#changed];
    this.#changed.clear();
    return names;
  }

  /** The row of a file. */
  row(path: string): CtlTable | undefined {
    return this.#rows.get(this.#resolved(path) ?? '');
  }

  /** The mode of a file or directory, or a negative errno: stat(2). */
  mode(path: string): number {
    const resolved = this.#resolved(path);
    const row = this.#rows.get(resolved ?? '');
    if (row !== undefined) return path.endsWith('/') ? -ERRNO.ENOTDIR : row.mode;
    if (resolved !== undefined && this.#directories.has(resolved)) return DIRECTORY_MODE;
    return this.#missing(path);
  }

  /** The names in a directory, sorted. None if it is not a directory. */
  list(path: string): readonly string[] {
    const resolved = this.#resolved(path);
    return resolved === undefined ? [] : this.#directories.get(resolved) ?? [];
  }

  /** open(2): 0 or a negative errno. */
  open(path: string, access: { readonly read: boolean; readonly write: boolean }): number {
    const row = this.row(path);
    if (row !== undefined && !path.endsWith('/')) return sysctlPerm(this.#caller, row, (access.read ? READ : 0) | (access.write ? WRITE : 0));
    const mode = this.mode(path);
    return mode < 0 ? mode : -ERRNO.EISDIR;
  }

  /** All of a file, or a negative errno. */
  read(path: string): string | number {
    const refused = this.open(path, { read: true, write: false });
    const row = this.row(path);
    if (refused < 0 || row === undefined) return refused;
    const bytes = this.kernel.enter(this.#caller, () => sysctlRead(this.kernel, row, 0, WHOLE_FILE));
    if (typeof bytes === 'number') return bytes;
    const text = this.#texts.get(bytes) ?? latin1Text(bytes, WHOLE_FILE);
    this.#texts.set(bytes, text);
    return text;
  }

  /** write(2) to a file that is open: the bytes taken, or a negative errno. */
  write(path: string, position: number, text: string): number {
    const row = this.row(path);
    if (row === undefined) return this.open(path, { read: false, write: true });
    return this.kernel.enter(this.#caller, () => sysctlWrite(this.kernel, row, position, latin1Bytes(text)));
  }

  /** The lines that the kernel has logged since the last call. */
  logged(): readonly { readonly level: number; readonly text: string }[] {
    const effects = this.kernel.takeEffects();
    return effects.length === 0 ? NONE : effects.flatMap((effect) => (effect.kind === 'printk' ? [effect.record] : []));
  }

  /**
   * Whether a write of a value would be accepted: on a machine that has just booted, or on this one as it is. The machine does not change.
   * `modules`: with these loaded too, on one that has just booted.
   */
  takes(row: CtlTable, value: string, on: 'booted' | 'now', modules: readonly string[] = []): boolean {
    const { profile, totalRamKb, freeRamKb, interfaces, modules: loaded } = this.kernel;
    const size = { profile, totalRamKb, freeRamKb, interfaces, modules: [...loaded, ...modules] };
    const values = new Map(modules.length > 0 ? this.#bootedWith(size) : on === 'booted' ? this.#booted : this.kernel.values);
    const host: SysctlHost = { ...size, values, caller: this.#caller, printk: () => undefined, printkLatin1: () => undefined };
    return sysctlWrite(host, row, 0, latin1Bytes(`${value}\n`)) >= 0;
  }

  /** The values at boot with modules. */
  #bootedWith(size: MachineSize): ReadonlyMap<string, SysctlValue> {
    const key = (size.modules ?? []).join(' ');
    const known = this.#withModules.get(key) ?? bootValues(this.kernel.sysctls, size);
    this.#withModules.set(key, known);
    return known;
  }

  /** The path without `.`, `..` and needless slashes. Undefined: it leads above /proc/sys, or through a file. */
  #resolved(path: string): string | undefined {
    if (this.#rows.has(path) || this.#directories.has(path)) return path;
    const known = this.#simple.get(path);
    if (known !== undefined) return known === UNRESOLVED ? undefined : known;
    const found = this.#resolve(path);
    if (this.#simple.size >= MOST_RESOLVED) this.#simple.clear();
    this.#simple.set(path, found ?? UNRESOLVED);
    return found;
  }

  #resolve(path: string): string | undefined {
    const names: string[] = [];
    for (const name of path.split('/')) {
      if (name === '' || name === '.') continue;
      if (!this.#directories.has(names.join('/'))) return undefined;
      if (name !== '..') names.push(name);
      else if (names.pop() === undefined) return undefined;
    }
    return names.join('/');
  }

  /** Why there is nothing at a path. */
  #missing(path: string): number {
    const names = path.split('/').filter((name) => name !== '' && name !== '.');
    const through = names.slice(0, -1).some((_, index) => this.#rows.has(names.slice(0, index + 1).join('/')));
    return through ? -ERRNO.ENOTDIR : -ERRNO.ENOENT;
  }
}
