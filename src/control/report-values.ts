import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { parseSize, writeSize } from '../language/sizes.ts';
import type { FaultInForce } from '../vfs/faults.ts';
import type { CommandRun, Failures, Life, Setting } from './status.ts';

/** How a value stands in the report of the control file, and how it is read there again: undefined for what is none. Always one line. */
export interface Shown<V> {
  readonly write: (value: V) => string;
  readonly read: (text: string) => V | undefined;
}

/** A value made of the groups of a pattern that has to match the whole text. */
function matching<V>(pattern: RegExp, write: (value: V) => string, make: (...groups: string[]) => V | undefined): Shown<V> {
  return {
    write,
    read(text) {
      const found = pattern.exec(text);
      return found === null ? undefined : make(...found.slice(1));
    },
  };
}

export const count: Shown<number> = matching(/^(-?\d+)$/, String, Number);

export const size: Shown<number> = { write: writeSize, read: parseSize };

/** Microseconds exactly, as everything the kernel prints of time. */
const written = (seconds: number): string => seconds.toFixed(6);

export const seconds: Shown<number> = matching(/^(\d+\.\d{6}) s$/, (value) => `${written(value)} s`, Number);

/** A text as it is, which is one line. */
export const text: Shown<string> = { write: (value) => value, read: (shown) => shown };

export const profile: Shown<ProfileName> = {
  write: (name) => `${name}: ${PROFILES[name].summary}`,
  read: (shown) => (Object.keys(PROFILES) as ProfileName[]).find((name) => shown.startsWith(`${name}: `)),
};

export const life: Shown<Life> = {
  write(of) {
    if (of.state === 'running') return of.state;
    return `dead, ${of.state === 'panicked' ? 'until reboot' : `reboots in ${seconds.write(of.rebootIn)}`}: ${of.panic}`;
  },
  read(shown) {
    if (shown === 'running') return { state: shown };
    const [, until = '', panic = ''] = /^dead, (until reboot|reboots in [\d.]+ s): (.*)$/s.exec(shown) ?? [];
    if (until === '') return undefined;
    if (until === 'until reboot') return { state: 'panicked', panic };
    const rebootIn = seconds.read(until.slice('reboots in '.length));
    return rebootIn === undefined ? undefined : { state: 'rebooting', panic, rebootIn };
  },
};

/** `fail /proc/sys/vm/swappiness op=read errno=EIO (3 more)` */
export const fault: Shown<FaultInForce> = matching(
  /^(.*) \((?:(\d+) more|until reset)\)$/s,
  ({ rule, left }) => `${rule} (${left === undefined ? 'until reset' : `${left} more`})`,
  (rule = '', left = '') => ({ rule, ...(left !== '' && { left: Number(left) }) }),
);

/** `boot 1     0.818493  inject pfn=0x40272d: EBUSY` */
export const commandRun: Shown<CommandRun> = matching(
  /^boot (\d+) +(\d+\.\d{6}) {2}(.*): (ok|E\w+)$/s,
  ({ boot, uptime, command, result }) => `boot ${boot} ${written(uptime).padStart(12)}  ${command}: ${result}`,
  (boot = '', uptime = '', command = '', result = '') => ({ boot: Number(boot), uptime: Number(uptime), command, result }),
);

/** `kernel.panic=10` */
export const setting: Shown<Setting> = matching(
  /^([\w.]+)=(-?\d+)$/, ({ name, value }) => `${name}=${value}`, (name = '', value = '') => ({ name, value: Number(value) }),
);

/** `total=1 ignored=1 failed=0 delayed=0 recovered=0 HardwareCorrupted=4 kB` */
export const failures: Shown<Failures> = matching(
  /^total=(\d+) ignored=(\d+) failed=(\d+) delayed=(\d+) recovered=(\d+) HardwareCorrupted=(\d+) kB$/,
  (of) => `total=${of.total} ignored=${of.ignored} failed=${of.failed} delayed=${of.delayed} recovered=${of.recovered}`
    + ` HardwareCorrupted=${of.hardwareCorrupted} kB`,
  (...groups) => {
    const [total = 0, ignored = 0, failed = 0, delayed = 0, recovered = 0, hardwareCorrupted = 0] = groups.map(Number);
    return { total, ignored, failed, delayed, recovered, hardwareCorrupted };
  },
);
