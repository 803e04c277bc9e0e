import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { errnoName } from '../../src/abi/errno.ts';
import { UNKNOWN_CALLER } from '../../src/abi/caller.ts';
import { dottedName } from '../../src/kernel/sysctl/ctl-table.ts';
import { KERNEL_SYSCTLS } from '../../src/kernel/sysctl/tables/kernel.ts';
import { type DaemonOptions, withDaemon } from '../e2e/support/daemon.ts';
import { sh } from '../e2e/support/shell.ts';
import {
  type Difference, differenceOf, GIVEN_BOOT_VALUE, looksOf, masked, RECORDED_PARTS, type RecordedKernel, RECORDER, type Row, type WriteAnswer,
} from './recorded-writes.ts';

const PROGRAM = fileURLToPath(new URL('proc-sys-writes.pl', import.meta.url));
/** How long all writes to one machine may take, in milliseconds. */
export const TIMEOUT = 550_000;

/** Options of a daemon whose machine is the recorded one. The driver dummy made both interfaces, whatever their names. */
export function recordedMachine(kernel: RecordedKernel): string[] {
  return [
    '--profile', kernel, '--memory', '1G', '--log-format', 'kmsg', '--interface', 'dummy0', '--interface', 'eth0.100',
    ...RECORDED_PARTS.modules.flatMap((name) => ['--module', name]), '--sysctl', 'net.ipv6.conf.eth0/100.accept_dad=-1',
  ];
}

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex') || '-';

/** The text that the program shows of a file. Undefined if nobody may read it. */
function unhex(shown: string): string | undefined {
  if (shown === '=') return undefined;
  return shown === '-' ? '' : shown.startsWith('!') ? errnoName(-Number(shown.slice(1))) : Buffer.from(shown, 'hex').toString('latin1');
}

/** The writer as the log names it: fuse-native knows of no caller. */
interface Writer {
  readonly pid: string;
  readonly comm: string;
}

/** The answer to a write by a line of the program's. The log names another writer than the recorder. */
function answerOf(line: string, { pid, comm }: Writer): WriteAnswer {
  const [ret = '', before = '', value = '', log = '', ...others] = line.split(' ');
  const records = Buffer.from(unhex(log) ?? '', 'latin1').toString().split('\n').slice(0, -1);
  return {
    ret: ret.startsWith('!') ? errnoName(-Number(ret.slice(1))) : Number(ret),
    before: unhex(before),
    value: unhex(value),
    changed: Object.fromEntries(others.map((each) => each.split('=')).map(([path = '', shown = '']) => [path, unhex(shown) ?? ''])),
    log: records.map((record) => record.replace(/^(\d+),[^;]*;/, (_, level: string) => `<${Number(level) & 7}>`)
      .replace(new RegExp(String.raw`\b${pid}\b`), String(RECORDER.pid)).replace(new RegExp(String.raw`\b${comm}\b`), RECORDER.comm)),
  };
}

/** Texts that the kernel prints without a newline: /dev/kmsg shows the record when the next one comes, the log file shows it at once. */
const UNFINISHED = new Set(KERNEL_SYSCTLS.flatMap(({ messages = [] }) => messages.filter(({ unfinished }) => unfinished))
  .map(({ level, text }) => `<${level}>${text(UNKNOWN_CALLER, 0n)}`));

/** Turns answers with what the log file showed into answers with what /dev/kmsg would: an unfinished record comes with the next one. */
function unfinishedHeld(): (answer: WriteAnswer) => WriteAnswer {
  let held: readonly string[] = [];
  return (answer) => {
    if (answer.log.length === 0) return answer;
    const all = [...held, ...answer.log];
    held = UNFINISHED.has(all.at(-1) ?? '') ? all.slice(-1) : [];
    return { ...answer, log: all.slice(0, all.length - held.length) };
  };
}

export interface MountedComparison {
  readonly kernel: RecordedKernel;
  /** The files that are written to, in the recorder's order. */
  readonly rows: readonly Row[];
  readonly transport: NonNullable<DaemonOptions['transport']>;
  /** For one in this many files, all other files are compared after its first write for which the recorder compared them too. */
  readonly lookAtAllOf: number;
}

/**
 * Limits of FUSE: the errno 524, which Linux accepts from no server and turns into EOPNOTSUPP; and a write of no bytes, of which Linux
 * informs no server.
 */
const BEYOND_FUSE = 'ENOTSUPP';

/**
 * Makes the recorded writes to these files through a mount, in order. Returns how many there were, those whose result differs, and how many
 * of the rest differ only by a limit of FUSE.
 */
export async function compareMounted(
  { kernel, rows, transport, lookAtAllOf }: MountedComparison,
): Promise<{ readonly count: number; readonly files: number; readonly wrong: readonly Difference[]; readonly limited: number }> {
  const lines = rows.flatMap((row, number) => {
    const looks = looksOf(row);
    const all = number % lookAtAllOf === 0 ? looks.indexOf(true) : -1;
    const watched = [...new Set(row.writes.flatMap(({ changed = {} }) => Object.keys(changed)))];
    return [
      `file ${row.file} ${row.oneWay ? 1 : 0}${watched.map((path) => ` ${path}`).join('')}`,
      ...row.writes.map(({ write, at = 0 }, index) => `try ${at} ${index === all ? 1 : 0} ${hex(write)}`),
    ];
  });
  const given = rows.filter(({ file }) => GIVEN_BOOT_VALUE.includes(file));
  const boot = given.flatMap(({ file, boot: value }) => (value === undefined ? [] : ['--sysctl', `${dottedName(file)}=${value.trimEnd()}`]));
  let output: string[] = [];
  await withDaemon({ transport, options: [...recordedMachine(kernel), ...boot] }, async (daemon) => {
    const { stdout, stderr } = await sh('exec perl "$1" "$2" "$3"', [
      PROGRAM, join(daemon.mountPoint, 'proc/sys'), transport === 'fuse-native' ? daemon.log : join(daemon.mountPoint, 'dev/kmsg'),
    ], {
      input: `${lines.join('\n')}\n`, timeout: TIMEOUT,
    });
    if (stderr !== '') throw new Error(stderr);
    output = stdout.split('\n');
  });
  const wrong: Difference[] = [];
  let count = 0;
  let limited = 0;
  const writer = transport === 'fuse-native' ? { ...UNKNOWN_CALLER, pid: String(UNKNOWN_CALLER.pid) } : { pid: output[0]?.split(' ')[1] ?? '', comm: RECORDER.comm };
  const asKmsg = transport === 'fuse-native' ? unfinishedHeld() : (answer: WriteAnswer): WriteAnswer => answer;
  let at = 1;
  for (const row of rows) {
    const { file, boot: value, writes } = row;
    const before = unhex((output[at++] ?? '').split(' ')[1] ?? '');
    if (before !== undefined && value !== undefined && masked(file, before) !== masked(file, value)) wrong.push({ file, wanted: value, got: before });
    const looks = looksOf(row);
    for (const [index, write] of writes.entries()) {
      count += 1;
      const answer = asKmsg(answerOf(output[at++] ?? '', writer));
      const unheard = write.write === '' && answer.ret === 0;
      if ((write.ret === BEYOND_FUSE && answer.ret === 'EOPNOTSUPP') || (unheard && differenceOf(file, write, false, answer) !== undefined)) {
        limited += 1;
        continue;
      }
      const difference = differenceOf(file, write, looks[index] === true, answer);
      if (difference) wrong.push(difference);
    }
  }
  return { count, files: rows.length, wrong, limited };
}
