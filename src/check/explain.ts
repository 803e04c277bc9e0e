import { ERRNO, errnoName } from '../abi/errno.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import type { CtlTable } from '../kernel/sysctl/ctl-table.ts';
import { dottedName } from '../kernel/sysctl/ctl-table.ts';
import { type MachineParts, netInterface } from '../kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../kernel/sysctl/machine-sysctls.ts';
import { MODULE_NAMES, MODULES_WITH_SYSCTLS } from '../kernel/sysctl/modules/names.ts';
import { list, nearest, show, takes } from '../language/words.ts';
import type { FindingKind, Severity } from './finding.ts';
import { HISTORY } from './history.ts';
import type { SysctlTree } from './sysctl-tree.ts';
import { readable } from './values.ts';

/** The finding about a write that failed, on one kernel. */
export interface Explanation {
  readonly kind: FindingKind;
  readonly severity?: Severity;
  readonly message: string;
}

/** Modules that a name may need, likely ones first. */
const CANDIDATES: readonly string[] = [...new Set<string>([...MODULES_WITH_SYSCTLS, ...MODULE_NAMES])];

/** The greatest number of explanations that are kept. */
const MOST_KEPT = 4096;

/** Says why writes fail on one kernel, and what would be right. Answers about names are kept: one name is in many files. */
export class Explainer {
  readonly #tree: SysctlTree;
  readonly #parts: MachineParts;
  readonly #absent = new Map<string, Explanation>();
  readonly #refused = new Map<string, Explanation>();

  constructor(tree: SysctlTree, parts: MachineParts) {
    this.#tree = tree;
    this.#parts = parts;
  }

  /** There is no file at a path below /proc/sys. */
  absent(path: string): Explanation {
    const known = this.#absent.get(path);
    if (known !== undefined) return known;
    const found = this.#whyAbsent(path);
    if (this.#absent.size >= MOST_KEPT) this.#absent.clear();
    this.#absent.set(path, found);
    return found;
  }

  #whyAbsent(path: string): Explanation {
    const absent = (message: string, severity?: Severity): Explanation => ({ kind: 'absent', message, ...(severity && { severity }) });
    if (this.#tree.mode(path) >= 0) return absent('it is a directory: name a file in it');
    const { modules, without } = this.#parts;
    if (without.includes('ipv6') && path.startsWith('net/ipv6/')) return absent('the kernel does without IPv6');
    const [, , name = ''] = /^net\/(ipv[46])\/(?:conf|neigh)\/([^/]+)\//.exec(path) ?? [];
    if (name !== '' && netInterface(name) !== undefined && this.#tree.row(path.replace(`/${name}/`, '/default/')) !== undefined) {
      return absent(`the machine has no interface ${readable(name)}: give --interface ${readable(name)} if the hosts have it`, 'warning');
    }
    const { profile } = this.#tree.kernel;
    const withAll = has(profile.name, { ...this.#parts, modules: [...MODULE_NAMES] }, path);
    const module = withAll ? CANDIDATES.find((each) => !modules.includes(each) && has(profile.name, { ...this.#parts, modules: [each] }, path)) : undefined;
    if (module !== undefined) return absent(`it needs the module ${module}: load that first, and give --module ${module}`, 'warning');
    const dotted = dottedName(path);
    const elsewhere = otherKernels(profile.name, { ...this.#parts, modules: [...MODULE_NAMES] }, path) ?? HISTORY[dotted];
    return absent(elsewhere ?? meant(dotted, this.#tree.kernel.sysctls));
  }

  /** A file refused a value. `earlier`: a line has set it before, as messages name it. */
  refused(row: CtlTable, value: string, errno: number, earlier: string | undefined): Explanation {
    const key = [row.path, errno, earlier, value].join('\n');
    const known = this.#refused.get(key) ?? this.#whyRefused(row, value, errno, earlier);
    if (this.#refused.size >= MOST_KEPT) this.#refused.clear();
    this.#refused.set(key, known);
    return known;
  }

  #whyRefused(row: CtlTable, value: string, errno: number, earlier: string | undefined): Explanation {
    const { name, handler } = row;
    if ((row.mode & 0o222) === 0) return { kind: 'read-only', message: `${readable(name)} is read-only` };
    const shown = readable(value);
    if (this.#tree.takes(row, value, 'booted')) {
      if (earlier !== undefined) return { kind: 'write-once', message: `${earlier} set it, and only a reboot takes that back` };
      return { kind: 'refused', message: `the kernel refuses ${show(shown)} (${errnoName(errno)}) with what other lines have set before` };
    }
    const withAll = this.#tree.takes(row, value, 'booted', MODULE_NAMES);
    const module = withAll ? MODULE_NAMES.find((each) => this.#tree.takes(row, value, 'booted', [each])) : undefined;
    if (module !== undefined) return { kind: 'refused', severity: 'warning', message: `it needs the module ${module}: give --module ${module} if the hosts have it` };
    const named = errno === ERRNO.EINVAL || errno === ERRNO.ERANGE ? '' : ` (${errnoName(errno)})`;
    return { kind: 'refused', message: `${takes(readable(name), handler.takes(row), shown)}${named}` };
  }
}

/** The paths of a kernel with these parts, which are always the same few. */
const PATHS = new Map<string, ReadonlySet<string>>();

function has(profile: ProfileName, parts: MachineParts, path: string): boolean {
  const key = [profile, parts.interfaces.map(({ name }) => name).join(' '), parts.modules.join(' '), parts.without.join(' ')].join('\n');
  const known = PATHS.get(key) ?? new Set(machineSysctls(PROFILES[profile], parts).map((row) => row.path));
  PATHS.set(key, known);
  return known.has(path);
}

/** The version of a kernel as a number that grows: 6.12 is 6012. */
function versionOf(profile: ProfileName): number {
  const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(PROFILES[profile].release)?.map(Number) ?? [];
  return major * 1000 + minor;
}

function versionText(version: number): string {
  return `${Math.floor(version / 1000)}.${version % 1000}`;
}

/** When a name that this kernel lacks appeared or disappeared, by the other emulated kernels. Undefined: none of them has it. */
function otherKernels(lacks: ProfileName, parts: MachineParts, path: string): string | undefined {
  const all = Object.keys(PROFILES) as ProfileName[];
  const having = all.filter((profile) => has(profile, parts, path));
  if (having.length === 0) return undefined;
  const own = versionOf(lacks);
  const versions = [...new Set(having.map(versionOf))].sort((a, b) => a - b);
  const lacking = [...new Set(all.filter((profile) => !having.includes(profile)).map(versionOf))].sort((a, b) => a - b);
  const [first = own] = versions;
  const last = versions.at(-1) ?? own;
  if (own < first) return `it appeared after Linux ${versionText(lacking.findLast((each) => each < first) ?? own)}: Linux ${versionText(first)} has it`;
  if (own > last) return `it disappeared after Linux ${versionText(last)}: Linux ${versionText(lacking.find((each) => each > last) ?? own)} lacks it`;
  return `of the emulated kernels, ${list(having, 'and')} ${having.length === 1 ? 'has' : 'have'} it`;
}

/** The names that a name without a kernel may be a misspelling of. */
function meant(name: string, rows: readonly CtlTable[]): string {
  const lastPart = name.slice(name.lastIndexOf('.') + 1);
  const alike = rows.filter((row) => row.procname === lastPart).map((row) => row.name);
  const near = nearest(name, rows.map((row) => row.name));
  const candidates = alike.length > 0 && alike.length <= 3 ? alike : near === undefined ? [] : [near];
  const words = candidates.map((each) => show(readable(each)));
  return words.length === 0 ? 'there is no such sysctl' : `there is no such sysctl, did you mean ${list(words, 'or')}?`;
}
