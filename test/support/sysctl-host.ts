import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { bootValues } from '../../src/kernel/sysctl/boot-values.ts';
import type { CtlTable, SysctlHost } from '../../src/kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { machineSysctls } from '../../src/kernel/sysctl/machine-sysctls.ts';

export const TABLES: readonly CtlTable[] = machineSysctls(PROFILES['7.3'], PLAIN_PARTS).filter(({ path }) => /^(?:kernel|vm)\//.test(path));

/** Memory of the machine that the recordings were made on. */
export const RECORDED_SIZE = { profile: PROFILES['7.3'], totalRamKb: 983_492, freeRamKb: 927_416 };

/** A booted machine with nothing but its sysctls, and its log as `<LEVEL>TEXT`. */
export interface TestMachine {
  readonly host: SysctlHost;
  readonly log: string[];
  /** Writes text, one byte a character, to the sysctl of that dotted name. */
  write(name: string, text: string, position?: number): number;
  /** The result of a read, one character for each byte. An error is shown as `-22`. */
  read(name: string, position?: number, length?: number): string;
}

export function entryOf(name: string): CtlTable {
  const entry = TABLES.find((row) => row.name === name);
  if (!entry) throw new Error(`no sysctl ${name}`);
  return entry;
}

export function testMachine(size = RECORDED_SIZE): TestMachine {
  const log: string[] = [];
  const host: SysctlHost = {
    ...size,
    values: bootValues(TABLES, size),
    caller: { pid: 136, uid: 0, comm: 'tester' },
    printk: (level, text) => {
      log.push(...text.split('\n').map((line) => `<${level}>${line}`));
    },
    printkLatin1: (level, text) => { host.printk(level, text); },
  };
  return {
    host,
    log,
    write: (name, text, position = 0) => sysctlWrite(host, entryOf(name), position, Buffer.from(text, 'latin1')),
    read: (name, position = 0, length = 65_536) => {
      const answer = sysctlRead(host, entryOf(name), position, length);
      return typeof answer === 'number' ? String(answer) : Buffer.from(answer).toString('latin1');
    },
  };
}
