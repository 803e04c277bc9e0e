import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bootSettings } from '../../src/cli/options/machine.ts';
import { startDaemon } from '../e2e/support/daemon.ts';
import { makePlace, mountsBelow, type TransportName } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';
import { FileOperations } from './file-operations.ts';
import { testMachine } from './machine.ts';
import type { RecordedKernel } from './recorded-writes.ts';
import { answerOf, comparableLogLine, type Piece, type RecordedCall } from './recorded-calls.ts';

const WRITE_AND_COMPARE = fileURLToPath(new URL('write-and-compare.pl', import.meta.url));
const MEMORY_BYTES = 2 ** 30;
/** How long a run of sysseq may take, in milliseconds. It takes about two seconds. */
const PIECE_TIMEOUT = 200_000;

/** A machine that answers calls on its files in some way. */
export interface ServedMachine {
  /** The answers to the calls of a piece, in order. Fewer if the program ended before. */
  answers(piece: Piece): Promise<string[]>;
  end(): Promise<void>;
}

/** A way of serving the files. */
export interface Way {
  readonly name: string;
  /** How many machines work at a time. */
  readonly machines: number;
  /** Boots a machine with these settings, `NAME=VALUE`. */
  start(boot: readonly string[]): Promise<ServedMachine>;
}

function callsOf(piece: Piece): RecordedCall[] {
  return piece.sequences.flatMap(({ calls }) => calls);
}

/**
 * Answers `log` and `rest` of a piece from these lines, and all other commands from `answers`, one after the other. The lines of the log
 * are known only for a piece as a whole. So a line that is not the next one counts as missing, and what is left at the end is the last
 * `rest`.
 */
function withLog(calls: readonly RecordedCall[], answers: readonly string[], lines: readonly string[]): string[] {
  let [answer, line] = [0, 0];
  const lastRest = calls.findLastIndex(({ command }) => command === 'rest');
  const all: string[] = [];
  for (const [index, { command, answer: linux }] of calls.entries()) {
    if (command === 'log') all.push(lines[line]?.trim() === linux ? (lines[line++] ?? '') : 'nothing');
    else if (command === 'rest') all.push(index === lastRest ? lines.slice(line).join('|') : '');
    else if (answer < answers.length) all.push(answers[answer++] ?? '');
    else break;
  }
  return all;
}

/** The tree in this process, called as Linux calls a filesystem, on a machine with this kernel. */
export function inProcess(profile: RecordedKernel): Way {
  return {
    name: profile === '7.3' ? 'in-process' : `in-process, ${profile}`,
    machines: 1,
    async start(boot) {
      const { values } = await bootSettings(boot.map((value) => ({ value })), profile, MEMORY_BYTES);
      const { vfs, lines } = testMachine({ profile, memoryBytes: MEMORY_BYTES, bootSettings: values });
      const log: string[] = [];
      return {
        answers({ directory, before = [], sequences }) {
          const files = new FileOperations(vfs, `/${directory}`);
          const answer = (command: string): string => {
            if (command === 'log') return log.shift() ?? 'nothing';
            if (command === 'rest') return log.splice(0).join('|');
            const result = files.run(command);
            log.push(...lines().flatMap(logLines));
            return result;
          };
          before.forEach(answer);
          return Promise.resolve(sequences.flatMap(({ calls }) => calls.map(({ command }) => answer(command))));
        },
        end: () => Promise.resolve(),
      };
    },
  };
}

export const IN_PROCESS = inProcess('7.3');

/** `4,text` in the form of the recordings: a record of several lines is several records there. */
function logLines(record: string): string[] {
  const [, level = '', text = ''] = /^(\d+),(.*)$/s.exec(record) ?? [];
  return text.split('\n').map((line) => comparableLogLine(`<${level}>${line}`));
}

/** `<4>[    1.234567] text` of the daemon's log in the form of the recordings, with any caller. */
function fileLogLine(line: string): string {
  return comparableLogLine(line.replace(/^(<\d+>)\[ *\d+\.\d{6}\] /, '$1').replace(/^(<\d+>)bash\b/, '$1sysseq'));
}

/**
 * The daemon with a transport of its own, called by sysseq.c. With `allow-other`, so that only the mode of a file keeps other users out.
 * `sysseq` is the compiled program.
 */
export function mountedBy(transport: TransportName, sysseq: string, profile: RecordedKernel = '7.3'): Way {
  return {
    name: profile === '7.3' ? transport : `${transport}, ${profile}`,
    machines: 2,
    async start(boot) {
      const place = await makePlace();
      const settings = boot.flatMap((setting) => ['--sysctl', setting]);
      const options = ['--profile', profile, '--memory', '1G', '--allow-other', '--log-format', 'raw', ...settings];
      try {
        await chmod(place.directory, 0o755);
        const daemon = await startDaemon(place, { transport, options });
        let seen = (await readFile(daemon.log, 'utf8')).length;
        return {
          async answers(piece) {
            const calls = callsOf(piece);
            const before = piece.before ?? [];
            const commands = [...before, ...calls.map(({ command }) => command).filter((command) => command !== 'log' && command !== 'rest')];
            const program = commands[0]?.startsWith('try ') ? `exec perl "${WRITE_AND_COMPARE}" "$1"` : `exec "${sysseq}" "$1"`;
            const { stdout, stderr } = await sh(program, [join(daemon.mountPoint, piece.directory)], {
              input: `${commands.join('\n')}\n`, timeout: PIECE_TIMEOUT,
            });
            if (stderr !== '') throw new Error(stderr);
            const answers = stdout.split('\n').slice(before.length, -1).map(answerOf);
            const log = await readFile(daemon.log, 'utf8');
            const lines = log.slice(seen).split('\n').slice(0, -1).map(fileLogLine);
            seen = log.length;
            return withLog(calls, answers, lines);
          },
          async end() {
            await daemon.stop();
            const left = await mountsBelow(place.directory);
            await place.remove();
            if (left.length > 0) throw new Error(`the daemon left a mount behind: ${left.join(', ')}`);
          },
        };
      } catch (error) {
        await place.remove();
        throw error;
      }
    },
  };
}
