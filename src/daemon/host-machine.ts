import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { printable } from '../abi/printable.ts';
import { machineSize } from '../kernel/kernel.ts';
import { LEAST_MEMORY, MOST_MEMORY } from '../kernel/memory/frames.ts';
import { layOutMemory, type MachineDescription } from '../kernel/memory/layout.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { type CtlTable, type MachineSize, type SysctlHost } from '../kernel/sysctl/ctl-table.ts';
import { LOOPBACK, type MachineParts } from '../kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../kernel/sysctl/machine-sysctls.ts';
import { MODULES } from '../kernel/sysctl/modules/modules.ts';
import { MODULE_NAMES } from '../kernel/sysctl/modules/names.ts';
import { sysctlRead } from '../kernel/sysctl/sysctl-file.ts';
import { formatMachineFile } from '../machine-file/format.ts';
import { parseMachineFile } from '../machine-file/parse.ts';
import { parseBootSetting, scratchHost } from '../machine/boot-setting.ts';
import { hostInterfaces } from './exec/host-interfaces.ts';

/** Sysctls that show what the kernel did last, and not what somebody chose. */
const NOT_CHOSEN = /^(?:kernel\.ns_last_pid|kernel\.(?:msg|sem|shm)_next_id|kernel\.random\.|fs\.dentry-state|kernel\.tainted$|vm\.stat_refresh$|net\.ipv[46]\.route\.flush$)/;
const WHOLE_FILE = 65_536;

/**
 * This host as a machine file: RAM as /proc/iomem has it (as MemTotal says, where that shows no addresses), the nearest emulated kernel (or `profile`),
 * the interfaces, those modules that matter, and each sysctl with another value than that machine boots with. A comment has what such a machine does
 * not take.
 */
export function hostMachineFile(profile: ProfileName = nearestProfile(release())): string {
  const description = hostMemory();
  const interfaces = hostInterfaces();
  const parts: MachineParts = { interfaces: interfaces.length > 0 ? interfaces : [LOOPBACK], modules: hostModules(), without: [] };
  const { taken, left } = hostSysctls(profile, layOutMemory(description).memoryBytes, parts);
  const file = formatMachineFile(description, {
    profile, interfaces: parts.interfaces.filter(({ kind }) => kind !== 'loopback').map(({ name }) => name), modules: parts.modules, sysctls: taken,
  });
  return `${file}${left.map((line) => `# ${printable(line)}\n`).join('')}`;
}

/** The stock kernel that is the newest of those not newer than a release; the oldest if all are newer. */
function nearestProfile(text: string): ProfileName {
  const number = (of: string): number => {
    const [, major = 0, minor = 0] = /^(\d+)\.(\d+)/.exec(of)?.map(Number) ?? [];
    return major * 1000 + minor;
  };
  const stock = (Object.keys(PROFILES) as ProfileName[]).filter((name) => /^\d/.test(name)).sort((a, b) => number(PROFILES[a].release) - number(PROFILES[b].release));
  return stock.findLast((name) => number(PROFILES[name].release) <= number(text)) ?? stock[0] ?? 'v4';
}

function hostMemory(): MachineDescription {
  const iomem = readText('/proc/iomem') ?? '';
  const parsed = parseMachineFile(new TextEncoder().encode(iomem), LEAST_MEMORY);
  if (!('error' in parsed) && parsed.description.regions !== undefined) return { regions: parsed.description.regions };
  const [, kilobytes = '0'] = /^MemTotal: +(\d+) kB$/m.exec(readText('/proc/meminfo') ?? '') ?? [];
  // What the kernel took at boot is a few percent: the next size of memory modules is the real one.
  const whole = 2 ** 28;
  return { memoryBytes: Math.min(MOST_MEMORY, Math.max(LEAST_MEMORY, Math.ceil((Number(kilobytes) * 1024) / whole) * whole)) };
}

/** Modules that the host has loaded, and those built in, which show in what they add. */
function hostModules(): string[] {
  const loaded = (readText('/proc/modules') ?? '').split('\n').map((line) => line.split(' ', 1)[0] ?? '');
  const words = ['net/ipv4/tcp_available_congestion_control', 'net/core/default_qdisc'].flatMap((path) => readText(`/proc/sys/${path}`)?.split(/\s+/) ?? []);
  const adds = (name: string): boolean => {
    const { qdisc, congestionControl, sysctls = [] } = MODULES[name] ?? {};
    const word = qdisc ?? congestionControl?.name;
    return word === undefined ? sysctls.some(({ path }) => readText(`/proc/sys/${path}`) !== undefined) : words.includes(word);
  };
  return MODULE_NAMES.filter((name) => loaded.includes(name) || adds(name));
}

/** The host's sysctls that differ from those of a machine that has just booted: what a machine file can say, and what not. */
function hostSysctls(profile: ProfileName, memoryBytes: number, parts: MachineParts): { readonly taken: string[]; readonly left: string[] } {
  const tables = machineSysctls(PROFILES[profile], parts);
  const size: MachineSize = { ...machineSize(PROFILES[profile], memoryBytes), ...parts };
  const booted = scratchHost(tables, size);
  const taken: string[] = [];
  const left: string[] = [];
  for (const row of tables) {
    const text = chosen(row) ? readText(`/proc/sys/${row.path}`)?.replace(/\n$/, '') : undefined;
    if (text === undefined || text === shown(booted, row)) continue;
    const setting = `${row.name}=${text.replaceAll('\t', ' ')}`;
    const parsed = text.includes('\n') ? { error: 'it has several lines' } : parseBootSetting(setting, tables, size);
    if ('error' in parsed) left.push(`${setting}: ${parsed.error}`);
    else taken.push(setting);
  }
  return { taken, left };
}

function chosen({ mode, name }: CtlTable): boolean {
  return (mode & 0o600) === 0o600 && !NOT_CHOSEN.test(name);
}

function shown(host: SysctlHost, row: CtlTable): string | undefined {
  const bytes = sysctlRead(host, row, 0, WHOLE_FILE);
  return typeof bytes === 'number' ? undefined : Buffer.from(bytes).toString('latin1').replace(/\n$/, '');
}

/** A file of one byte a character; undefined if it cannot be read. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
