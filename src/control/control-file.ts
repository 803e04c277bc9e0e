import { ERRNO, type ErrnoName, errnoName } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL } from '../abi/log-level.ts';
import type { Caller } from '../abi/caller.ts';
import { NotReserved } from '../abi/not-reserved.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import type { FileHandler, FileNode, OpenFile, Steps } from '../vfs/node.ts';
import { readText } from '../vfs/text-file.ts';
import type { Command } from './command.ts';
import { formatCommand } from './format.ts';
import { type ControlError, formatControlError, parseControl } from './parse.ts';
import { report } from './report.ts';
import { run, type Stopped } from './run.ts';

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
export function controlFile(machine: ControlledMachine): FileNode {
  const handler: FileHandler = {
    read: (file, position, length) => readText(file, position, length, () => report(machine)),
    *write(file, _position, data, caller) {
      const { whole, rest } = cut(file.carried ?? NONE, data);
      const tooLong = rest.length > LONGEST_LINE;
      if (!file.buffers.store(file, 'carried', tooLong ? NONE : rest)) return -ERRNO[LIMITS.textBytes.errno];
      if (tooLong) return refuse(machine, { line: 1, message: `a line of more than ${LONGEST_LINE} bytes` });
      try {
        const result = yield* runBatch(machine, file, whole, caller);
        return result < 0 ? result : data.length;
      } catch (error) {
        // What is not acknowledged is not gone on with either.
        file.buffers.store(file, 'carried', NONE);
        throw error;
      }
    },
    release: (file) => (file.carried && file.carried.length > 0 ? runLeftover(machine, file, file.carried) : undefined),
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

/** close(2) has no errno for what is left undone: `cat control` has. */
function* runLeftover(machine: ControlledMachine, file: OpenFile, carried: Uint8Array): Steps {
  try {
    return yield* runBatch(machine, file, carried, file.caller);
  } catch (error) {
    if (!(error instanceof NotReserved)) throw error;
    machine.history.lastError = `control: the last line, which had no newline, was not run: the log has no room (${errnoName(error.errno)})`;
    return error.errno;
  }
}

/**
 * Runs all commands of a batch in order, or none when one of them is wrong: 0, or the negative errno of the last that failed. A panic does
 * not end the batch, since what is written here comes from outside the machine; what needs a kernel then fails. After `keep-going` no command's
 * answer counts: a tool that writes a file in pieces would stop at the first. A log without room for more lines does end the batch, and the
 * history says how far it came. One that is stopped answers -EINTR, and a line of the log says how far it came. @throws NotReserved
 */
function* runBatch(machine: ControlledMachine, file: OpenFile, bytes: Uint8Array, caller: Caller | undefined): Steps {
  const batch = parseControl(bytes);
  if ('error' in batch) return refuse(machine, batch.error);
  const injections = batch.commands.reduce((sum, command) => sum + (command.kind === 'inject' ? command.count : 0), 0);
  const { most, errno } = LIMITS.injections;
  if (injections > most) return refuse(machine, `${injections} injections in one write, where ${most} are the most`, errno);
  const missing = batch.commands.map((command) => unknownFile(machine, command)).find((message) => message !== undefined);
  if (missing !== undefined) return refuse(machine, missing);
  let result = 0;
  for (const [n, command] of batch.commands.entries()) {
    if (n > 0 && (yield)) return interrupted(machine, n, batch.commands.length);
    const answer = yield* attempt(machine, command, caller);
    const errno = answer instanceof NotReserved ? answer.errno : typeof answer === 'object' ? -ERRNO.EINTR : answer;
    machine.history.add({ usec: machine.kernel.uptime(), boot: machine.kernel.boots, command: formatCommand(command), result: errno });
    if (answer instanceof NotReserved) throw answer;
    if (typeof answer === 'object') return interrupted(machine, n, batch.commands.length, answer);
    if (command.kind === 'keep-going') file.keepsGoing = true;
    if (answer < 0 && !file.keepsGoing) result = answer;
  }
  return result;
}

/** Leaves the rest of a batch undone, and logs what was done. */
function interrupted(machine: ControlledMachine, commands: number, all: number, amid?: Stopped): number {
  const rest = amid ? `, and ${amid.done} of the next` : '';
  return refuse(machine, `interrupted: ${commands} of ${all} commands were run${rest}`, 'EINTR');
}

/** Runs a command, if space is reserved for its lines: what it answers, or why it, or the rest of it, was left undone. */
function* attempt(
  machine: ControlledMachine, command: Command, caller: Caller | undefined,
): Generator<undefined, number | NotReserved | Stopped, boolean | undefined> {
  try {
    machine.kernel.reserve(0);
    return yield* run(machine, command, caller);
  } catch (error) {
    if (error instanceof NotReserved) return error;
    throw error;
  }
}

function refuse(machine: ControlledMachine, error: ControlError | string, errno: ErrnoName = 'EINVAL'): number {
  const message = typeof error === 'string' ? `control: ${error}` : formatControlError(error);
  machine.history.lastError = message;
  machine.kernel.printk(LOG_LEVEL.warn, message);
  return -ERRNO[errno];
}

/** What is wrong with the file a command names, which only the tree can tell. */
function unknownFile(machine: ControlledMachine, command: Command): string | undefined {
  if (command.kind !== 'fail' && command.kind !== 'delay') return undefined;
  return machine.hasFile(command.path) ? undefined : `${command.kind}: there is no file '${command.path}' of the machine's in this mount`;
}
