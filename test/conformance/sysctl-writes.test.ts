import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { PROC_SYS_VM } from '../../src/tree/proc-sys-vm.ts';
import { testMachine, type TestMachine } from '../support/sysctl-host.ts';

interface RecordedWrite {
  readonly write: string;
  readonly ret: number | string;
  readonly changed?: Readonly<Record<string, string>>;
}

interface RecordedFile {
  readonly file: string;
  readonly mode: string | number;
  readonly default: string;
  readonly writes: readonly RecordedWrite[];
}

const RECORDED: readonly RecordedFile[] = readFileSync(new URL('../recordings/sysctl-writes.7.3.jsonl', import.meta.url), 'utf8')
  .trimEnd().split('\n').map((line) => JSON.parse(line) as RecordedFile);

/** The text of every file of /proc/sys/vm that can be read, without its newline and with tabs as the recording has them. */
function snapshot(machine: TestMachine): Map<string, string> {
  const readable = PROC_SYS_VM.filter((entry) => entry.mode & 0o444 && entry.procname !== 'stat_refresh');
  return new Map(readable.map((entry) => [entry.procname, machine.read(entry.name).replace(/\n$/, '').replaceAll('\t', ' ')]));
}

/** One write on a machine at boot values: what it answered, and what differed afterwards. */
function replay(file: string, text: string): { ret: number | string; changed: Record<string, string> } {
  const machine = testMachine();
  const before = snapshot(machine);
  const answer = machine.write(`vm.${file}`, text);
  const after = [...snapshot(machine)].filter(([name, value]) => value !== before.get(name));
  return { ret: answer < 0 ? errnoName(answer) : answer, changed: Object.fromEntries(after) };
}

test('the table has the files, modes and boot values of Linux 7.3', () => {
  const machine = testMachine();
  const ours = PROC_SYS_VM.map((entry) => ({
    file: entry.procname, mode: entry.mode.toString(8), default: entry.mode & 0o400 ? machine.read(entry.name) : 'EACCES',
  }));
  expect(ours).toEqual(RECORDED.map((row) => ({ file: row.file, mode: String(row.mode), default: row.default })));
});

test('every recorded write to /proc/sys/vm answers and changes what it did on Linux 7.3', () => {
  const differences: string[] = [];
  let count = 0;
  for (const { file, writes } of RECORDED) {
    for (const { write, ret, changed = {} } of writes) {
      count += 1;
      const expected = { ret, changed: Object.fromEntries(Object.entries(changed).map(([name, value]) => [name, value.replaceAll('\t', ' ')])) };
      const ours = replay(file, write);
      const sorted = (value: Record<string, string>): string => JSON.stringify(Object.entries(value).sort());
      if (ours.ret !== expected.ret || sorted(ours.changed) !== sorted(expected.changed)) {
        differences.push(`${file} ${JSON.stringify(write)}: Linux ${JSON.stringify(expected)}, here ${JSON.stringify(ours)}`);
      }
    }
  }
  console.log(`sysctl-writes: ${count - differences.length} of ${count} identical`);
  expect(count).toBe(56 * 98);
  expect(differences).toEqual([]);
});
