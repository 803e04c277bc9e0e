import { printable } from '../abi/printable.ts';
import { UNKNOWN_CALLER } from '../abi/caller.ts';
import { bootValues, OWN } from '../kernel/sysctl/boot-values.ts';
import { type CtlTable, dottedName, type MachineSize, type SysctlHost, type SysctlValue } from '../kernel/sysctl/ctl-table.ts';
import { versionsWith } from '../kernel/sysctl/machine-sysctls.ts';
import { KERNEL_VERSIONS } from '../kernel/profiles/profiles.ts';
import { sysctlWrite } from '../kernel/sysctl/sysctl-file.ts';
import { didYouMean, list, nearest, takes } from '../language/words.ts';

/** A sysctl to be set when the machine boots. */
export interface BootSetting {
  readonly entry: CtlTable;
  /** As the kernel keeps it, which need not be as written: `vm.hugetlb_optimize_vmemmap=5` is 1. */
  readonly value: SysctlValue;
  /** All that the write set, by dotted name: the sysctl itself, and others it zeroes or shares its value with. */
  readonly sets: ReadonlyMap<string, SysctlValue>;
}

/** A setting that cannot be made: why, in one line. */
export interface WrongSetting {
  readonly error: string;
  /** That other kernels have such a sysctl. */
  readonly otherKernels?: true;
}

/**
 * Reads `NAME=VALUE` as sysctl(8) does, with dots or slashes in the name, and tries it on a scratch machine of the given size by the file's own
 * handler. Answers what to set, or in `error` one line that says what is wrong and what would be right.
 *
 * @example parseBootSetting('vm.panic_on_unrecoverable_memory_failure=1', tables, host)
 */
export function parseBootSetting(
  setting: string, tables: readonly CtlTable[], size: MachineSize,
): BootSetting | WrongSetting {
  const equals = setting.indexOf('=');
  const given = (equals < 0 ? setting : setting.slice(0, equals)).trim();
  const entry = entryOf(given, tables);
  if (!entry) {
    const parts = { interfaces: size.interfaces ?? [], modules: size.modules ?? [], without: [] };
    const having = versionsWith(sysctlName(given), parts, KERNEL_VERSIONS);
    const { version } = size.profile;
    if (having.length > 0 && !having.includes(version)) {
      return { error: `${sysctlName(given)} is not on kernel ${version}, but on ${list(having, 'and')}`, otherKernels: true };
    }
    return { error: unknownName(given, given.replaceAll('/', '.'), tables) };
  }
  const { name } = entry;
  const values = entry.handler.takes(entry);
  if ((entry.mode & 0o222) === 0) return { error: `${name} is read-only, on a real machine too` };
  const keepsNone = { error: `${name} keeps no value: write ${values} to it when the machine runs` };
  if ((entry.mode & 0o444) === 0) return keepsNone;
  if (equals < 0) return { error: `${name} needs a value: ${name}=VALUE, where VALUE is ${values}` };
  const text = setting.slice(equals + 1).trim();
  const host = scratchHost(tables, size);
  const before = new Map(host.values);
  // With a newline, as sysctl(8) writes. If the file takes only a part of it, something follows the value.
  const data = new TextEncoder().encode(`${text}\n`);
  if (sysctlWrite(host, entry, 0, data) !== data.length) return { error: takes(name, values, text) };
  // A boot parameter ends at a blank (next_arg(), lib/cmdline.c), and the kernel takes only the first line of the value.
  if (/[\n\0]/.test(text)) return { error: takes(name, 'one line', text) };
  const value = host.values.get(name);
  if (value === undefined) return keepsNone;
  const lasts = (key: string): boolean => key === name || before.has(key) || key.endsWith(OWN);
  const sets = new Map([...host.values].filter(([key, each]) => key === name || (lasts(key) && !same(each, before.get(key)))));
  return { entry, value, sets };
}

/** The dotted name. As sysctl(8) has it, the first separator in the name says which of dot and slash separates; the other stands for itself. */
function sysctlName(given: string): string {
  return /[./]/.exec(given)?.[0] === '/' ? dottedName(given) : given;
}

function entryOf(given: string, tables: readonly CtlTable[]): CtlTable | undefined {
  const name = sysctlName(given);
  return tables.find((row) => row.name === name);
}

function unknownName(given: string, name: string, tables: readonly CtlTable[]): string {
  const lastPart = tables.filter((row) => row.procname === name.slice(name.lastIndexOf('.') + 1)).map((row) => row.name);
  const near = nearest(name, tables.map((row) => row.name));
  const meant = lastPart.length > 0 ? lastPart : near === undefined ? [] : [near];
  if (meant.length > 0) return `unknown sysctl '${printable(given)}', ${didYouMean(...meant)}`;
  return `unknown sysctl '${printable(given)}': it takes the name of a file below /proc/sys, such as vm.swappiness`;
}

/** A machine that has just booted, to try a write on; what it logs is lost. */
export function scratchHost(tables: readonly CtlTable[], size: MachineSize): SysctlHost {
  return {
    ...size, values: bootValues(tables, size), caller: UNKNOWN_CALLER, printk: () => undefined, printkLatin1: () => undefined,
  };
}

function same(a: SysctlValue, b: SysctlValue | undefined): boolean {
  return String(a) === String(b);
}
