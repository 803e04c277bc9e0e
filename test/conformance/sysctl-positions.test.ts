import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FileOperations } from '../support/file-operations.ts';
import { testMachine } from '../support/sysctl-host.ts';

/**
 * Linux 7.3 on: numbers at the limits of their types and of the 21 characters, vectors refused half way, writes of a page and more, positions
 * in numbers and strings with kernel.sysctl_writes_strict at 1, 0 and -1, and what of it is logged. One machine from the first line to the
 * last. A line is an operation and its answer, or `log` and a line of the log in JSON, after the operations of its section.
 */
const RECORDING = readFileSync(new URL('../recordings/sysctl-positions.7.3.txt', import.meta.url), 'utf8').trimEnd().split('\n');

/** printk() keeps 1,021 bytes of a text that has a level before it; the handlers leave the cutting to printk. */
const LONGEST_LINE = 1021;

/** A log line as far as two boots agree on it. */
function comparable(line: string): string {
  return line.slice(0, LONGEST_LINE + '<4>'.length).replace(/\(\d+\)/, '(PID)');
}

test('positions, limits and log lines are those of Linux 7.3', () => {
  const machine = testMachine();
  Object.assign(machine.host, { caller: { pid: 1, uid: 0, comm: 'sysseq' } });
  machine.host.values.set('kernel.panic', [-1n]);
  const files = new FileOperations(machine);
  const differences: string[] = [];
  let count = 0;
  const check = (what: string, ours: unknown, expected: unknown): void => {
    count += 1;
    if (ours !== expected) differences.push(`${what}: Linux ${String(expected)}, here ${String(ours)}`);
  };
  for (const line of RECORDING) {
    if (line.startsWith('# ')) {
      check(`before ${line}, lines left in the log`, machine.log.splice(0).join('|'), '');
    } else if (line.startsWith('log ')) {
      check('log', comparable(machine.log.shift() ?? 'nothing'), comparable(JSON.parse(line.slice('log '.length)) as string));
    } else {
      const [operation = '', answer = ''] = line.split(' => ');
      check(operation, files.run(operation), answer);
    }
  }
  check('lines left in the log', machine.log.join('|'), '');
  console.log(`sysctl-positions: ${count - differences.length} of ${count} identical`);
  expect(count).toBeGreaterThan(800);
  expect(differences).toEqual([]);
});
