import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { rasdaemonLines } from './rasdaemon-database.ts';
import { GZIP, type Members, TruncatedError, unpackedMembers, ZSTD } from './members.ts';

/** How a file is unpacked: by Node.js, or by a tool that must be installed. */
interface Packing {
  readonly name: string;
  /** The first bytes of such a file. */
  readonly magic: readonly number[];
  /** Makes lines of content that is no packed text. */
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

const PACKINGS: readonly Packing[] = [
  { name: 'gzip', magic: [0x1f, 0x8b], members: GZIP, tool: 'gzip', toolArguments: FROM_STDIN },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], members: ZSTD, tool: 'zstd', toolArguments: FROM_STDIN },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], tool: 'xz', toolArguments: FROM_STDIN },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], tool: 'bzip2', toolArguments: FROM_STDIN },
  {
    name: 'the journal', magic: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48], tool: 'journalctl',
    toolArguments: (path) => ['--file', path, '-o', 'export', '--no-pager'], readsPath: true,
  },
  { name: 'SQLite', magic: [...Buffer.from('SQLite format 3\0')], lines: rasdaemonLines },
];

export const MAGIC_BYTES = Math.max(...PACKINGS.map(({ magic }) => magic.length));

/** The tool that a file needs is not installed. */
export class NoToolError extends Error {}

/** The packing of content that begins with these bytes. Undefined for plain text. */
export function packingOf(first: Uint8Array): Packing | undefined {
  return PACKINGS.find(({ magic }) => magic.every((byte, n) => first[n] === byte));
}

/**
 * The unpacked content of a stream, piece by piece.
 * @throws TruncatedError at a premature end or at unpacked data, after all that could be unpacked; NoToolError
 */
export async function* unpacked(packing: Packing, content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  const { members, lines } = packing;
  if (lines) yield* lines(content);
  else if (members?.decoder) yield* unpackedMembers(packing.name, members as Members, content);
  else yield* byTool(packing, content, path);
}

async function* byTool({ name, tool = '', toolArguments = FROM_STDIN, readsPath }: Packing, content: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
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
  // A tool may close its input early. That is no error here; its status shows what happened.
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
