import { ERRNO, type ErrnoName, errnoName, NotReserved } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';
import { LOG_LEVEL } from '../abi/log-level.ts';
import type { ControlledMachine } from './controlled-machine.ts';
import { type FileHandler, type FileNode, type OpenFile, readText, type Steps } from '../vfs/node.ts';
import { checkCommand, type Command, formatCommand, formatControlError, injectionsOf, parseControl, runControlCommand } from './command.ts';
import type { Runner, Stopped } from './command-row.ts';
import { report } from './report.ts';

const NEWLINE = 0x0a;
/**
 * Tools write long files in pieces (tee 8 kB, cat 128 kB) and cut lines at the ends of pieces. If a piece of at least this size ends within a
 * line, the line continues in the next piece. A shorter write without a newline at its end is a whole line.
 */
const PIECE = 4096;
/** The longest line, in bytes. A longer one is refused. */
const LONGEST_LINE = 65_536;
const NONE = new Uint8Array(0);

/** The control file: a write runs commands, a read shows the state of the machine. It is outside the machine, so it works on a dead one too. */
export function controlFile(machine: ControlledMachine): FileNode {
  const handler: FileHandler = {
    read: (file, position, length) => readText(file, position, length, () => report(machine)),
    *write(file, _position, data, caller) {
      const { whole, rest } = cut(file.carried ?? NONE, data);
      const tooLong = rest.length > LONGEST_LINE;
      if (!file.buffers.store(file, 'carried', tooLong ? NONE : rest)) return -ERRNO[LIMITS.textBytes.errno];
      if (tooLong) return refuse(machine, formatControlError({ line: 1, message: `a line of more than ${LONGEST_LINE} bytes` }));
      try {
        const result = yield* runBatch(machine, whole, { caller, file });
        return result < 0 ? result : data.length;
      } catch (error) {
        // The write fails, so the next write does not continue its unfinished line.
        file.buffers.store(file, 'carried', NONE);
        throw error;
      }
    },
    release: (file) => (file.carried && file.carried.length > 0 ? runLeftover(machine, file, file.carried) : undefined),
  };
  return { kind: 'file', mode: 0o600, size: 0, handler, outside: true };
}

/** The whole lines of a piece, after the bytes carried from the piece before it, and the unfinished line at the end of a full piece. */
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

/** Runs the unfinished line when the file is closed. close(2) can return no errno for it, so `cat control` shows the failure. */
function* runLeftover(machine: ControlledMachine, file: OpenFile, carried: Uint8Array): Steps {
  try {
    return yield* runBatch(machine, carried, { caller: file.caller, file });
  } catch (error) {
    if (!(error instanceof NotReserved)) throw error;
    machine.commandLog.lastError = `control: the last line, which had no newline, was not run: the log has no room (${errnoName(error.errno)})`;
    return error.errno;
  }
}

/**
 * Runs all commands of a batch in order, or none if one of them is wrong. Returns 0, or the negative errno of the last command that failed.
 * A panic does not end the batch, because the writer is outside the machine; commands that need a kernel then fail. After `keep-going` the
 * results of commands do not count: a tool that writes a file in pieces would stop at the first failure. A log without room for more lines ends
 * the batch, and the command log shows the command it ended at. A batch that is stopped returns -EINTR, and a line of the log says how much of
 * it was run. @throws NotReserved
 */
function* runBatch(machine: ControlledMachine, bytes: Uint8Array, by: Runner): Steps {
  const batch = parseControl(bytes);
  if ('error' in batch) return refuse(machine, formatControlError(batch.error));
  const { commands } = batch;
  const injections = commands.reduce((sum, command) => sum + injectionsOf(command), 0);
  const { most, errno } = LIMITS.injections;
  if (injections > most) return refuse(machine, `control: ${injections} injections in one write, where ${most} are the most`, errno);
  const wrong = commands.map((command) => checkCommand(machine, command)).find((message) => message !== undefined);
  if (wrong !== undefined) return refuse(machine, `control: ${wrong}`);
  let result = 0;
  for (const [n, command] of commands.entries()) {
    if (n > 0 && (yield)) return interrupted(machine, n, commands.length);
    const answer = yield* attempt(machine, command, by);
    const errno = answer instanceof NotReserved ? answer.errno : typeof answer === 'object' ? -ERRNO.EINTR : answer;
    machine.commandLog.add({ usec: machine.kernel.uptime(), boot: machine.kernel.boots, command: formatCommand(command), result: errno });
    if (answer instanceof NotReserved) throw answer;
    if (typeof answer === 'object') return interrupted(machine, n, commands.length, answer);
    if (answer < 0 && !by.file.keepsGoing) result = answer;
  }
  return result;
}

/** Ends a batch before its last command, and logs how much of it was run. */
function interrupted(machine: ControlledMachine, done: number, all: number, stopped?: Stopped): number {
  const partly = stopped ? `, and ${stopped.done} of the next` : '';
  return refuse(machine, `control: interrupted: ${done} of ${all} commands were run${partly}`, 'EINTR');
}

/** Runs a command, if space is reserved for its lines: its result, or why it, or the rest of it, was not run. */
function* attempt(
  machine: ControlledMachine, command: Command, by: Runner,
): Generator<undefined, number | NotReserved | Stopped, boolean | undefined> {
  try {
    machine.kernel.reserve(0);
    return yield* runControlCommand(machine, command, by);
  } catch (error) {
    if (error instanceof NotReserved) return error;
    throw error;
  }
}

/** Logs why a batch is refused, and returns the negative errno. */
function refuse(machine: ControlledMachine, message: string, errno: ErrnoName = 'EINVAL'): number {
  machine.commandLog.lastError = message;
  machine.kernel.printk(LOG_LEVEL.warn, message);
  return -ERRNO[errno];
}
