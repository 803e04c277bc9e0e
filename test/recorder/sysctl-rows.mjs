// Makes the lines of sysctl-all.RELEASE.jsonl from the output of sysctl-all.c. Pure: texts are latin-1, one character for each byte.
import { maskedLines } from './compare.mjs';
import { NOISE } from './noise.mjs';
import { UNASKED, spacedJson, textOf, upstreamVersion } from './golden.mjs';

const valueOf = (field) => (/^E/.test(field) ? field : textOf(field));
const resultOf = (field) => (/^\d/.test(field) ? Number(field) : field);

/**
 * A line of JSON for each file, in the order of the plan: `file`, `mode`, `boot` (an errno if it cannot be read), `bounds` (for each
 * element the lowest and the highest number that it accepts), `writes`. A file that answers like an earlier one has `like` instead of
 * `bounds` and `writes`.
 */
export function sysctlAll(output, plan) {
  return linesOf(parsed(output, plan.split('\n')));
}

/**
 * The files of a recording of all files that another recording (`base`) lacks or that answer differently, apart from noise, and `absent`
 * for those that only `base` has. A different boot value alone does not count: proc-sys-files has those.
 */
export function sysctlAllDifferences(recording, base) {
  const [rows, others] = [resolved(recording), resolved(base)];
  const [{ kernel }] = rows.values();
  const comparable = ({ file, mode, ...row }) => {
    const text = spacedJson({ kernel: '', file, mode, ...answersOf(row) });
    return maskedLines(text, NOISE.sysctlAll)[0].masked;
  };
  const differing = [...rows.values()].filter((row) => {
    const other = others.get(row.file);
    return other === undefined || comparable(other) !== comparable(row);
  });
  const absent = [...others.keys()].filter((file) => !rows.has(file)).map((file) => ({ file, absent: true }));
  return linesOf({ kernel, rows: differing }) + absent.map((row) => `${spacedJson({ kernel, ...row })}\n`).join('');
}

/** The rows of a recording by file, each with its own bounds and writes. */
function resolved(recording) {
  const rows = new Map();
  for (const line of recording.trimEnd().split('\n')) {
    const { like, ...row } = JSON.parse(line);
    rows.set(row.file, { ...row, ...answersOf(like === undefined ? row : rows.get(like)) });
  }
  return rows;
}

function answersOf({ oneWay, bounds, writes }) {
  return { ...(oneWay && { oneWay }), ...(bounds && { bounds }), writes };
}

function linesOf({ kernel, rows }) {
  const seen = new Map();
  return rows.map(({ file, mode, boot, ...row }) => {
    const answers = answersOf(row);
    const text = JSON.stringify(answers);
    const like = seen.get(text);
    if (like === undefined) seen.set(text, file);
    return `${spacedJson({ kernel, file, mode, boot, ...(like === undefined ? answers : { like }) })}\n`;
  }).join('');
}

function parsed(output, plan) {
  let kernel = '';
  const rows = new Map();
  let row;
  let write;
  for (const line of output.split('\n')) {
    const [first, ...fields] = line.split('\t');
    if (first === 'kernel') kernel = upstreamVersion(fields[0]);
    else if (first === 'log') {
      const text = textOf(fields[1]);
      if (!UNASKED.test(text)) (write.log ??= []).push(`<${fields[0]}>${text}`);
    } else if (first === 'stays') write.stays = { ...write.stays, ...changesOf(fields, row) };
    else if (first === 'crash') write.ret = `CRASH ${fields[0]}`;
    else if (/^\d+$/.test(first)) {
      const operation = plan[Number(first)].split(' ');
      if (fields[0] === 'f') {
        const [, mode, value] = fields;
        row = { file: operation[1], mode: mode === '-' ? null : `0${mode}`, boot: valueOf(value), writes: [] };
        rows.set(row.file, row);
      } else ({ row, write } = answered(row, operation, fields));
    } else if (line !== '') throw new Error(`the machine printed: ${line.slice(0, 200)}`);
  }
  return { kernel, rows: [...rows.values()] };
}

function answered(row, operation, [what, ...fields]) {
  if (what === 'b') {
    (row.bounds ??= []).push(fields.slice(0, 2));
    // Lines that are logged during the search belong to no write.
    return { row, write: {} };
  }
  const hex = what === 'n' ? fields.shift() : operation.at(-1);
  const [result = '', ...changed] = fields;
  const at = operation[0] === 'p' && { at: Number(operation[1]) };
  const write = { write: textOf(hex), ...at, ret: resultOf(result), ...own(changed, row) };
  if (operation[0] === 's') row.oneWay = true;
  row.writes.push(write);
  return { row, write };
}

/** `value`: that of the file itself afterwards, if it changed. `changed`: those of other files. */
function own(fields, row) {
  const { [row.file]: value, ...others } = changesOf(fields, row);
  return { ...(value !== undefined && { value }), ...(Object.keys(others).length > 0 && { changed: others }) };
}

function changesOf(fields, { file }) {
  return Object.fromEntries(fields.map((field) => {
    const split = field.lastIndexOf('=');
    const path = field.slice(0, split);
    return [path === '.' ? file : path, valueOf(field.slice(split + 1))];
  }));
}

/** By number, from 0. */
const CAPABILITIES = [
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN',
  'NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME',
  'SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON',
  'BPF CHECKPOINT_RESTORE',
].join(' ').split(' ');

/**
 * The output of sysctl-permissions.c as a line for each file: path, mode, and the answers to root, to root without capabilities, to uid
 * 1000 without any, and to the root of a user namespace with its own network, IPC and UTS. Then `+CAP` if uid 1000 with it gets another
 * answer than without, and `-CAP` if root without it gets another one than with all.
 */
export function sysctlPermissions(output) {
  const files = [];
  const who = new Map();
  for (const line of output.trimEnd().split('\n')) {
    const [what, name, value] = line.split('\t');
    if (what === 'file') files.push({ path: name, mode: value });
    else if (what === 'who') who.set(name, value);
    else throw new Error(`the machine printed: ${line.slice(0, 200)}`);
  }
  return files.map(({ path, mode }, n) => {
    const answer = (name) => who.get(name).slice(2 * n, 2 * n + 2);
    const differing = CAPABILITIES.flatMap((capability, bit) => [['+', 'user'], ['-', 'root']].flatMap(([sign, as]) => {
      const name = `${sign}${bit}`;
      return !who.has(name) || answer(name) === answer(as) ? [] : [`${sign}${capability}:${answer(name)}`];
    }));
    return `${[path, mode, ...['root', 'root-', 'user', 'userns'].map(answer), ...differing].join(' ')}\n`;
  }).join('');
}
