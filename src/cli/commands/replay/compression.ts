import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rasdaemonLines } from './rasdaemon-database.ts';
import { GZIP, type Members, unpackedMembers, ZSTD } from './members.ts';
import { NoToolError, type PackingName, TruncatedError } from './packed.ts';

/** How a file is unpacked: by Node.js, or by a tool that must be installed. */
interface Packing {
  /** Makes lines of content that is not packed. */
  readonly lines?: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>;
  /** How Node.js unpacks it. Absent: this version cannot. */
  readonly members?: Omit<Members, 'decoder'> & { readonly decoder: Members['decoder'] | undefined };
  /** The arguments of a tool that reads standard input; or a function that makes them from the path. */
  readonly tool?: string;
  readonly toolArguments?: (path: string) => readonly string[];
  readonly readsPath?: true;
}

const LONGEST_WARNING = 200;

const FROM_STDIN = (): readonly string[] => ['-dc'];

const PACKINGS: Readonly<Record<PackingName, Packing>> = {
  gzip: { members: GZIP, tool: 'gzip', toolArguments: FROM_STDIN },
  zstd: { members: ZSTD, tool: 'zstd', toolArguments: FROM_STDIN },
  xz: { tool: 'xz', toolArguments: FROM_STDIN },
  bzip2: { tool: 'bzip2', toolArguments: FROM_STDIN },
  'the journal': { tool: 'journalctl', toolArguments: (path) => ['--file', path, '-o', 'export', '--no-pager'], readsPath: true },
  SQLite: { lines: rasdaemonLines },
};

/**
 * The unpacked content of a stream, piece by piece.
 * @throws TruncatedError at a premature end or at unpacked data, after all that could be unpacked; NoToolError
 */
export async function* unpacked(name: PackingName, content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const { members, lines } = PACKINGS[name];
  if (lines) yield* lines(content);
  else if (members?.decoder) yield* unpackedMembers(name, members as Members, content);
  else yield* byTool(name, content, path);
}

async function* byTool(name: PackingName, content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const { tool = '', toolArguments = FROM_STDIN, readsPath } = PACKINGS[name];
  if (readsPath && path === '-') throw new NoToolError(`${name} as a file cannot be read from standard input: pipe journalctl -o export`);
  const child = spawn(tool, toolArguments(path), { stdio: [readsPath ? 'ignore' : 'pipe', 'pipe', readsPath ? 'ignore' : 'pipe'] });
  // bzip2 warns of data after the packed part, and ends with status 0.
  let warning = '';
  child.stderr?.on('data', (text: Buffer) => { warning = (warning + text.toString()).slice(0, LONGEST_WARNING); });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Its failure may show only after the output has ended.
  ended.catch(() => undefined);
  let readError: Error | undefined;
  async function* watched(): AsyncGenerator<Uint8Array> {
    try {
      yield* content;
    } catch (error) {
      readError = error as Error;
      throw error;
    }
  }
  // A tool may close its input early. That is not an error here; its status shows what happened.
  if (child.stdin) pipeline(watched(), child.stdin).catch(() => undefined);
  try {
    for await (const piece of child.stdout as Readable) yield piece as Uint8Array;
    const status = await ended;
    if (readError) throw readError;
    if (status !== 0 || warning !== '') {
      const why = warning.replace(/[^ -~]+/g, ' ').trim() || `${tool} ended with status ${status ?? 'none'}`;
      throw new TruncatedError(`ends before it should (${why}): read up to there`);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === `spawn ${tool}`) throw new NoToolError(whyNoTool(error as NodeJS.ErrnoException, name, tool));
    throw error;
  } finally {
    child.kill();
  }
}

function whyNoTool({ code, message }: NodeJS.ErrnoException, name: string, tool: string): string {
  const needs = `it is packed with ${name}, which needs the tool ${tool}`;
  return code === 'ENOENT' ? `${needs}: install it` : `${needs}, which cannot be started: ${message}`;
}
