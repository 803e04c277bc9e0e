import { spawn } from 'node:child_process';
import type { Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';

/** How what is in a file is got out of it: by Node, or by a tool that must be there. */
interface Packing {
  readonly name: string;
  /** The first bytes of such a file. */
  readonly magic: readonly number[];
  /** Absent, or undefined from it: this Node cannot. */
  readonly unpack?: () => Transform | undefined;
  /** A command that reads standard input; or, where it has to be given the path, makes the arguments of it. */
  readonly tool: string;
  readonly toolArguments: (path: string) => readonly string[];
  readonly readsPath?: true;
}

const FROM_STDIN = (): readonly string[] => ['-dc'];

/** Since 22.15 and 23.8. */
const zstd = (zlib as { createZstdDecompress?: () => Transform }).createZstdDecompress;

const PACKINGS: readonly Packing[] = [
  // Whatever was complete before the end of a truncated file comes out.
  { name: 'gzip', magic: [0x1f, 0x8b], unpack: () => zlib.createGunzip(), tool: 'gzip', toolArguments: FROM_STDIN },
  { name: 'zstd', magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: () => zstd?.(), tool: 'zstd', toolArguments: FROM_STDIN },
  { name: 'xz', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], tool: 'xz', toolArguments: FROM_STDIN },
  { name: 'bzip2', magic: [0x42, 0x5a, 0x68], tool: 'bzip2', toolArguments: FROM_STDIN },
  {
    name: 'the journal', magic: [0x4c, 0x50, 0x4b, 0x53, 0x48, 0x48, 0x52, 0x48], tool: 'journalctl',
    toolArguments: (path) => ['--file', path, '-o', 'export', '--no-pager'], readsPath: true,
  },
];

export const MAGIC_BYTES = Math.max(...PACKINGS.map(({ magic }) => magic.length));

/** A compressed file could not be read to its end; what came before it was. */
export class TruncatedError extends Error {}
/** The tool that a file needs is not there. */
export class NoToolError extends Error {}

/** How the content that begins with these bytes is packed; undefined for plain text. */
export function packingOf(first: Uint8Array): Packing | undefined {
  return PACKINGS.find(({ magic }) => magic.every((byte, n) => first[n] === byte));
}

/**
 * The unpacked content of a stream, piece by piece.
 * @throws TruncatedError at a premature end, after all that could be unpacked; NoToolError
 */
export async function* unpacked(packing: Packing, content: Readable, path: string): AsyncGenerator<Uint8Array> {
  const transform = packing.unpack?.();
  if (!transform) {
    yield* byTool(packing, content, path);
    return;
  }
  // Not pipeline(): what was unpacked before an error is still to be read.
  content.on('error', (error) => transform.destroy(error));
  content.pipe(transform);
  try {
    for await (const piece of transform) yield piece as Uint8Array;
  } catch (error) {
    if (/^Z_|^ERR_|ZSTD/i.test((error as NodeJS.ErrnoException).code ?? '')) throw new TruncatedError((error as Error).message);
    throw error;
  } finally {
    content.destroy();
  }
}

async function* byTool({ name, tool, toolArguments, readsPath }: Packing, content: Readable, path: string): AsyncGenerator<Uint8Array> {
  if (readsPath && path === '-') throw new NoToolError(`${name} as a file cannot be read from standard input: pipe journalctl -o export`);
  const child = spawn(tool, toolArguments(path), { stdio: [readsPath ? 'ignore' : 'pipe', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  // Somebody may hear of it only after the output has ended.
  ended.catch(() => undefined);
  if (child.stdin) {
    child.stdin.on('error', () => undefined);
    content.pipe(child.stdin);
  }
  try {
    for await (const piece of child.stdout as Readable) yield piece as Uint8Array;
    const status = await ended;
    if (status !== 0) throw new TruncatedError(`${tool} ended with status ${status ?? 'none'}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new NoToolError(`it is packed with ${name}, which needs the tool ${tool}: install it`);
    throw error;
  } finally {
    content.destroy();
    child.kill();
  }
}
