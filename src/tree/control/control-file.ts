import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Machine } from '../machine.ts';
import type { FileHandler, FileNode, OpenFile } from '../node.ts';
import { readText } from '../text-file.ts';
import type { Command } from './command.ts';
import { type ControlError, formatControlError, parseControl } from './parse.ts';
import { report } from './report.ts';
import { run } from './run.ts';

const NEWLINE = 0x0a;
/**
 * Tools write long files in pieces (tee 8 kB, cat 128 kB), cut wherever that falls: a piece of at least this size that ends amid a line goes
 * on in the next. A shorter one is what somebody typed without a newline.
 */
const PIECE = 4096;
/** Longest line; what has none shorter is no command. */
const LONGEST_LINE = 65_536;
const NONE = new Uint8Array(0);

/** The control file: commands go in, the state of the machine comes out. It belongs to no machine, so it works on a dead one too. */
export function controlFile(machine: Machine): FileNode {
  const handler: FileHandler = {
    read: (file, position, length) => readText(file, position, length, () => report(machine)),
    write: (file, _position, data) => {
      const { whole, rest } = cut(file.carried ?? NONE, data);
      file.carried = rest;
      if (rest.length > LONGEST_LINE) {
        file.carried = NONE;
        return refuse(machine, { line: 1, message: `a line of more than ${LONGEST_LINE} bytes` });
      }
      const result = runBatch(machine, file, whole);
      return result < 0 ? result : data.length;
    },
    release: (file) => runLeftover(machine, file),
  };
  return { kind: 'file', mode: 0o600, size: 0, handler, outside: true };
}

/** The whole lines of a piece, with what was carried before them, and the unfinished line that a full piece may end with. */
function cut(carried: Uint8Array, data: Uint8Array): { whole: Uint8Array; rest: Uint8Array } {
  const all = carried.length === 0 ? data : concatenate(carried, data);
  if (data.length < PIECE || data.at(-1) === NEWLINE) return { whole: all, rest: NONE };
  const end = all.lastIndexOf(NEWLINE) + 1;
  return { whole: all.subarray(0, end), rest: all.slice(end) };
}

function concatenate(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function runLeftover(machine: Machine, file: OpenFile): void {
  if (file.carried && file.carried.length > 0) runBatch(machine, file, file.carried);
}

/**
 * Runs all commands of a batch in order, or none when one of them is wrong: 0, or the negative errno of the last that failed. A panic does
 * not end the batch, since what is written here comes from outside the machine; what needs a kernel then fails. After `keep-going` no command's
 * answer counts: a tool that writes a file in pieces would stop at the first.
 */
function runBatch(machine: Machine, file: OpenFile, bytes: Uint8Array): number {
  const batch = parseControl(bytes);
  if ('error' in batch) return refuse(machine, batch.error);
  const missing = batch.commands.map((command) => unknownFile(machine, command)).find((message) => message !== undefined);
  if (missing !== undefined) return refuse(machine, missing);
  let result = 0;
  for (const command of batch.commands) {
    const answer = run(machine, command);
    machine.history.add({ usec: machine.kernel.uptime(), boot: machine.kernel.boots, command, result: answer });
    if (command.kind === 'keep-going') file.keepsGoing = true;
    if (answer < 0 && !file.keepsGoing) result = answer;
  }
  return result;
}

function refuse(machine: Machine, error: ControlError | string): number {
  const message = typeof error === 'string' ? `control: ${error}` : formatControlError(error);
  machine.history.lastError = message;
  machine.kernel.printk(LOG_LEVEL.warn, message);
  return -ERRNO.EINVAL;
}

/** What is wrong with the file a command names, which only the tree can tell. */
function unknownFile(machine: Machine, command: Command): string | undefined {
  if (command.kind !== 'fail' && command.kind !== 'delay') return undefined;
  return machine.hasFile(command.path) ? undefined : `${command.kind}: there is no file '${command.path}' of the machine's in this mount`;
}
