// Makes the text of a golden from the output of a script, and finds its inputs again. Pure: texts are latin-1, one character for each byte.

export const hexOf = (text) => Buffer.from(text, 'latin1').toString('hex') || '-';
export const textOf = (hex) => (hex === '-' ? '' : Buffer.from(hex, 'hex').toString('latin1'));

/** JSON in ASCII with a space after `,` and `:`, as Python writes it. */
export function spacedJson(value) {
  if (typeof value === 'string') return JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([name, each]) => `${spacedJson(name)}: ${spacedJson(each)}`).join(', ')}}`;
  }
  return JSON.stringify(value);
}

/** The input of sysctl-writes.c: the texts that a recording wrote (the same to each file), in hex, one a line. */
export function sysctlWritesInputs(recording) {
  const { writes } = JSON.parse(recording.split('\n')[0]);
  return writes.map(({ write }) => `${hexOf(write)}\n`).join('');
}

/**
 * The output of sysctl-writes.c as a line of JSON for each file. Its lines are fields between tabs: `kernel VERSION`, `file NAME`, `mode
 * OCTAL`, `default HEX|ERRNO`, `write HEX RET [NAME=HEX]…`.
 */
export function sysctlWrites(output) {
  let kernel = '';
  const rows = [];
  for (const line of output.trimEnd().split('\n')) {
    const [what, first = '', second = '', ...changed] = line.split('\t');
    const row = rows.at(-1);
    if (what === 'kernel') kernel = upstreamVersion(first);
    else if (what === 'file') rows.push({ kernel, file: first, writes: [] });
    else if (what === 'mode') row.mode = first;
    else if (what === 'default') row.default = first.startsWith('E') ? first : textOf(first);
    else if (what === 'write') row.writes.push(recordedWrite(first, second, changed));
    else throw new Error(`the machine printed: ${line}`);
  }
  return rows.map((row) => `${spacedJson(row)}\n`).join('');
}

function recordedWrite(hex, result, changed) {
  const write = { write: textOf(hex), ret: result.startsWith('E') ? result : Number(result) };
  if (changed.length === 0) return write;
  const values = changed.map((each) => {
    const [name, value] = each.split('=');
    // Vectors are easier to read in this way. The default keeps its tabs.
    return [name, textOf(value).replaceAll('\n', '').replaceAll('\t', ' ')];
  });
  return { ...write, changed: Object.fromEntries(values) };
}

/** 7.3-rc7 of "#1 SMP PREEMPT_DYNAMIC Debian 7.3~rc7-1~exp1 (2026-10-16)". */
export function upstreamVersion(version) {
  const debian = /Debian ([\d.]+(?:~rc\d+)?)/.exec(version)?.[1];
  return debian?.replace('~', '-') ?? version;
}

/** The operations of a recording of positions, without the answers and the log. */
function positionOperations(recording) {
  return recording.split('\n').filter((line) => line !== '' && !line.startsWith('log ')).map((line) => line.split(' => ')[0]);
}

/** Writes out `20*4094,`: 4,094 times the byte 20. */
function spelledOut(operation) {
  return operation.replace(/([0-9a-f]{2})\*(\d+),/g, (_, byte, count) => byte.repeat(Number(count)));
}

/** The operations of a recording as sysseq.c reads them: a file per section, for a process each. */
export function sysctlPositionsScript(recording) {
  const operations = positionOperations(recording);
  const starts = operations.flatMap((line, n) => (line.startsWith('# ') ? [n] : []));
  const sections = starts.map((start, n) => {
    const lines = operations.slice(start, starts[n + 1]).map(spelledOut);
    return [`section-${String(n).padStart(3, '0')}`, `${lines.join('\n')}\n`];
  });
  return Object.fromEntries(sections);
}

/**
 * The answers beside the operations as the recording has them, because sysseq.c cuts long ones, and the lines of the log without their
 * times, in JSON. Lines that the kernel logged for other reasons are left out.
 */
export function sysctlPositions(output, recording) {
  const operations = positionOperations(recording).values();
  return output.trimEnd().split('\n').flatMap((line) => {
    if (line.startsWith('log ')) {
      const text = line.slice('log '.length).replace(/^(<\d+>)\[ *\d+\.\d+\] ?/, '$1');
      return UNASKED.test(text) ? [] : [`log ${spacedJson(text)}\n`];
    }
    const operation = operations.next().value;
    return line.startsWith('# ') ? [`${line}\n`] : [`${operation} => ${line.slice(line.indexOf(' => ') + ' => '.length).trimEnd()}\n`];
  }).join('');
}

/** Lines about timers and devices, not about a write. */
export const UNASKED =
  /random: crng|clocksource|tsc:|TSC found unstable|workqueue: |perf: interrupt|hrtimer: interrupt|input: |ata\d|sched_clock|audit: /;

/**
 * The lines of a console from the first that matches `first` (after one that matches `from`, if given) to the next that matches `last`.
 * Undefined if they are not there. Each ends in a newline.
 */
export function consoleBlock(console, { from, first, last }) {
  const lines = console.replaceAll('\r', '').split('\n');
  const after = (pattern, start) => {
    const found = lines.slice(start).findIndex((line) => pattern.test(line));
    return found < 0 ? lines.length : start + found;
  };
  const start = after(first, from === undefined ? 0 : after(from, 0));
  const end = after(last, start);
  return end < lines.length ? `${lines.slice(start, end + 1).join('\n')}\n` : undefined;
}
