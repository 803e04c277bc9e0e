// A recording, from its row of the table to the text of its golden.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { consoleBlock } from './golden.mjs';
import { ABSENT, panicScript } from './panics.mjs';
import { boot } from './qemu.mjs';
import { run } from './run.mjs';

const TEST = new URL('..', import.meta.url);

/** A file of test/recordings, which may be compressed (NAME.br), as latin-1, so that every byte is a character. */
export function readRecording(name) {
  const url = new URL(`recordings/${name}`, TEST);
  if (existsSync(url)) return readFileSync(url, 'latin1');
  const compressed = new URL(`${url.href}.br`);
  if (!existsSync(compressed)) throw new Error(`test/recordings/${name} is not there`);
  return brotliDecompressSync(readFileSync(compressed)).toString('latin1');
}

/** Boots the kernel once or more and makes the text of the golden (latin-1). */
export async function makeRecording(recording, context) {
  const programs = {};
  for (const [name, source] of Object.entries(recording.programs ?? {})) programs[name] = await compile(name, source, context);
  if (recording.panics !== undefined) return panicBlocks(recording.panics, programs, context);
  if (recording.plan !== undefined) return carriedOut(recording, programs, context);
  const files = recording.files?.(readRecording) ?? {};
  let text = '';
  for (const name of recording.scripts ?? [recording.script]) {
    const script = readFileSync(new URL(`recorder/guest/${name}`, TEST));
    const { disks, append, modules, seconds, firmware, monitor, cpu } = recording;
    const { output, console } = await boot(context, { script, files, programs, disks, append, modules, seconds, firmware, monitor, cpu });
    text += wholeOutput(output, console);
  }
  return recording.format?.(text, readRecording) ?? text;
}

/** Each script prints a last word. Without it, a crash of the machine cut the output short. */
const END = 'END OF RECORDING\n';

function wholeOutput(output, console) {
  const end = output.lastIndexOf(END);
  if (end >= 0) return output.slice(0, end);
  const panic = /Kernel panic.*$/m.exec(console)?.[0];
  throw new Error(`the script came no further than "${output.trimEnd().split('\n').at(-1)}"${panic === undefined ? '' : `: ${panic}`}`);
}

/** A machine that prints nothing for this long hangs: one write takes seconds at most. */
const IDLE_SECONDS = 120;
const MAX_BOOTS = 60;

/**
 * Carries out a plan. The script prints the number of each line that it has done. If the machine crashes or hangs, `crash TEXT` follows the
 * line, and another machine continues with the next line.
 */
async function carriedOut(recording, programs, context) {
  const { release } = context.kernel;
  const plan = recording.plan(readRecording, release, context.seed);
  const script = readFileSync(new URL(`recorder/guest/${recording.script}`, TEST));
  let whole = '';
  for (let start = 0, boots = 1; boots <= MAX_BOOTS; boots += 1) {
    const files = { plan, start: String(start) };
    const limits = { seconds: PLAN_SECONDS, idle: IDLE_SECONDS };
    const { output, console, hung } = await boot(context, { script, files, programs, modules: recording.modules, ...limits });
    const end = output.lastIndexOf(END);
    if (end >= 0) return recording.format(whole + output.slice(0, end), plan, readRecording, release);
    const last = output.split('\n').map((line) => /^\d+(?=\t)/.exec(line)?.[0]).findLast((number) => number !== undefined);
    if (last === undefined) throw new Error(`the script began nothing: ${output.slice(0, 200)}`);
    whole += `${output}\ncrash\t${hung ? 'hangs' : (/Kernel panic.*$/m.exec(console)?.[0] ?? 'ends')}\n`;
    start = Number(last) + 1;
  }
  throw new Error(`the machine crashed ${MAX_BOOTS} times`);
}

const PLAN_SECONDS = 7200;

async function panicBlocks(panics, programs, context) {
  const blocks = [];
  for (const panic of panics) {
    const { title, monitor, cpu, firmware } = panic;
    const { output, console } = await boot(context, { script: panicScript(panic), programs, until: panic.last, monitor, cpu, firmware, files: firmware?.files, seconds: PANIC_SECONDS });
    const block = output.startsWith(ABSENT)
      ? `(this kernel has no ${output.slice(ABSENT.length).trimEnd()})\n`
      // The other panics of the recording are worth having without it.
      : (consoleBlock(console, panic) ?? '(this kernel did not panic)\n');
    blocks.push(`${title === undefined ? '' : `${title}\n`}${block}`);
  }
  return blocks.join('\n');
}

/** The machine check waits longest: a timer of the kernel passes it on. */
const PANIC_SECONDS = 120;

/** Compiles a program that needs no C library, once. */
async function compile(name, source, { work, signal }) {
  const directory = join(work, 'programs');
  mkdirSync(directory, { recursive: true });
  const path = join(directory, name);
  const from = new URL(source, TEST).pathname;
  if (!existsSync(from)) throw new Error(`test/${source} is not there`);
  // Warnings are for the authors of the program.
  if (!existsSync(path)) await run('gcc', ['-O2', '-static', '-w', '-o', path, from], { signal, cwd: work });
  return path;
}
