import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sh } from '../e2e/support/shell.ts';

/** A compiled program: its path, and how to remove it. */
export interface Program {
  readonly path: string;
  remove(): Promise<void>;
}

/** Compiles a C program of test/recordings. Undefined if there is no C compiler. */
export function compileRecorded(name: 'sysseq.c' | 'devkmsg.c' | 'splicing.c'): Promise<Program | undefined> {
  return compile(fileURLToPath(new URL(`../recordings/${name}`, import.meta.url)));
}

/** Compiles a C program. Undefined if there is no C compiler. */
export async function compile(source: string): Promise<Program | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-program-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true });
  const path = join(directory, basename(source, '.c'));
  // If libc comes without its static archive, the program is linked dynamically.
  const command = 'type gcc > /dev/null 2>&1 || exit 127; gcc -O2 -pthread -static -w -o "$1" "$2" 2> /dev/null || gcc -O2 -pthread -w -o "$1" "$2"';
  const { status, stderr } = await sh(command, [path, source]);
  if (status === 0) return { path, remove };
  await remove();
  if (status === 127) return undefined;
  throw new Error(`${basename(source)} cannot be compiled: ${stderr}`);
}

/** Compiles a C program given as text. Undefined if there is no C compiler, or if a header is missing. */
export async function compileText(text: string): Promise<Program | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-source-'));
  try {
    const source = join(directory, 'program.c');
    await writeFile(source, text);
    const headers = 'type gcc > /dev/null 2>&1 && gcc -E "$1" > /dev/null 2>&1';
    return (await sh(headers, [source])).status === 0 ? await compile(source) : undefined;
  } finally {
    await rm(directory, { recursive: true });
  }
}
