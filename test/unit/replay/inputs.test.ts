import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/exit-status.ts';
import { unpacked } from '../../../src/cli/commands/replay/compression.ts';
import { packingOf, TruncatedError } from '../../../src/cli/commands/replay/packed.ts';
import { findInputs } from '../../../src/cli/commands/replay/inputs.ts';
import { expectReplaceable, type Output, WriteError, writeWhole } from '../../../src/cli/commands/replay/write-file.ts';

let directory = '';
const at = (name: string): string => join(directory, name);

beforeEach(() => { directory = mkdtempSync(join(tmpdir(), 'vmsysctld-inputs-')); });
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

/** The inputs that are found, without the path of the directory. */
function find(names: readonly string[], outputs: readonly string[] = []): { found: string[]; unreadable: number; said: string[] } {
  const said: string[] = [];
  const { inputs, unreadable } = findInputs(names.map(at), (line) => said.push(line), outputs.map(at));
  const short = (text: string): string => text.replaceAll(`${directory}/`, '');
  return { found: inputs.map(({ name }) => short(name)), unreadable, said: said.map(short).sort() };
}

describe('below a directory', () => {
  it('each thing that cannot be read is counted and reported by itself, and the rest is read', async () => {
    mkdirSync(at('logs/sub'), { recursive: true });
    writeFileSync(at('logs/a.log'), 'a');
    writeFileSync(at('logs/sub/b.log'), 'b');
    symlinkSync('nowhere', at('logs/dangling'));
    symlinkSync('circle', at('logs/circle'));
    execFileSync('mkfifo', [at('logs/fifo')]);
    const server = createServer().listen(at('logs/socket'));
    await new Promise((resolve) => server.once('listening', resolve));
    const result = find(['logs']);
    await new Promise((resolve) => server.close(resolve));
    expect(result).toEqual({
      found: ['logs/a.log', 'logs/sub/b.log'],
      unreadable: 4,
      said: [
        'cannot read logs/circle: it leads in a circle of symbolic links', 'cannot read logs/dangling: it does not exist',
        'cannot read logs/fifo: it is not a file: name it to read it', 'cannot read logs/socket: it is not a file: name it to read it',
      ],
    });
  });

  it('links to what is found anyway are passed over; other files are read, and other directories are counted', () => {
    mkdirSync(at('logs/sub'), { recursive: true });
    mkdirSync(at('other'));
    writeFileSync(at('logs/sub/b.log'), 'b');
    writeFileSync(at('other/c.log'), 'c');
    symlinkSync('sub/b.log', at('logs/current'));
    symlinkSync('.', at('logs/self'));
    symlinkSync('sub', at('logs/again'));
    symlinkSync('../other/c.log', at('logs/c'));
    symlinkSync('../other', at('logs/other'));
    expect(find(['logs'])).toEqual({
      found: ['logs/c', 'logs/sub/b.log'], unreadable: 1,
      said: ['cannot read logs/other: it is a link to the directory other: name that as well'].map((line) => line),
    });
  });

  it('a directory that cannot be read is counted', () => {
    mkdirSync(at('logs/closed'), { recursive: true });
    writeFileSync(at('logs/a.log'), 'a');
    chmodSync(at('logs/closed'), 0);
    if (process.getuid?.() === 0) {
      // Root can read it anyway, so another user must try.
      chmodSync(directory, 0o755);
      const script = `import(${JSON.stringify(`${process.cwd()}/build/cli/commands/replay/inputs.js`)}).then(({ findInputs }) => { process.setuid(65534); const { inputs, unreadable } = findInputs([${JSON.stringify(at('logs'))}], () => {}); console.log(inputs.length, unreadable); })`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      // Without a compiled program there is no other user's process. test/e2e/replay.test.ts checks it then.
      if (stdout !== '') expect(stdout).toBe('1 1\n');
      return;
    }
    expect(find(['logs'])).toMatchObject({ found: ['logs/a.log'], unreadable: 1 });
  });

  it('what this run is to write is not an input', () => {
    mkdirSync(at('logs'));
    writeFileSync(at('logs/a.log'), 'a');
    writeFileSync(at('logs/report.html'), 'old');
    expect(find(['logs'], ['logs/report.html', 'logs/new.json'])).toMatchObject({ found: ['logs/a.log'], unreadable: 0 });
  });

  it('a name that there is not is bad usage', () => {
    expect(() => find(['nowhere'])).toThrow(UsageError);
  });
});

/** The content of packed bytes, and the error about them. They arrive in pieces of a given size. */
async function unpack(bytes: Uint8Array, size = 65_536): Promise<{ text: string; said: string | undefined }> {
  const packing = packingOf(bytes);
  if (!packing) throw new Error('it is not packed');
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let from = 0; from < bytes.length; from += size) yield await Promise.resolve(bytes.subarray(from, from + size));
  }
  let text = '';
  try {
    for await (const piece of unpacked(packing, pieces(), 'x')) text += Buffer.from(piece).toString('latin1');
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
    return { text, said: error.message };
  }
  return { text, said: undefined };
}

const LOG = Array.from({ length: 4000 }, (_, n) => `[${n}.000000] ${Math.sin(n + 1)}\n`).join('');

describe('of a packed file everything that could be unpacked is read', () => {
  it.each([1, 7, 4096, 1 << 20])('from gzip, in pieces of %i bytes', async (size) => {
    const short = 'one line\n';
    expect(await unpack(gzipSync(short), size)).toEqual({ text: short, said: undefined });
    expect(await unpack(gzipSync(''), size)).toEqual({ text: '', said: undefined });
    expect(await unpack(Buffer.concat([gzipSync(short), gzipSync(''), gzipSync(short), Buffer.alloc(3000)]), size)).toEqual({ text: short + short, said: undefined });
    const junk = await unpack(Buffer.concat([gzipSync(short), gzipSync(short), Buffer.from('junk\n')]), size);
    expect(junk).toEqual({ text: short + short, said: expect.stringMatching(/^is not gzip any more after \d+ bytes: read up to there$/) as string });
    const cut = await unpack(Buffer.concat([gzipSync(short), gzipSync(short).subarray(0, 12)]), size);
    expect(cut).toEqual({ text: expect.stringMatching(/^one line\no?$/) as string, said: 'ends before it should (unexpected end of file): read up to there' });
    const noTrailer = await unpack(gzipSync(short).subarray(0, -3), size);
    expect(noTrailer).toEqual({ text: short, said: 'is damaged (its checksum or its end is wrong): read all the same' });
  });

  it('from gzip with a name and a comment, and one that never ends', async () => {
    const plain = gzipSync('x\n');
    const named = Buffer.concat([plain.subarray(0, 3), Buffer.from([0x18]), plain.subarray(4, 10), Buffer.from('a.log\0about\0'), plain.subarray(10)]);
    expect(await unpack(named)).toEqual({ text: 'x\n', said: undefined });
    const endless = Buffer.concat([plain.subarray(0, 3), Buffer.from([0x08]), plain.subarray(4, 10), Buffer.alloc(100_000, 'x')]);
    expect(await unpack(endless)).toMatchObject({ text: '', said: expect.stringContaining('read') as string });
  });

  it('from gzip that is damaged, up to the damage, and with a wrong checksum whole', async () => {
    const packed = gzipSync(LOG);
    for (const share of [0.02, 0.5, 0.9]) {
      const damaged = Buffer.from(packed);
      damaged.fill(0xff, Math.floor(packed.length * share), Math.floor(packed.length * share) + 64);
      const { text, said } = await unpack(damaged);
      expect(said).toMatch(/^(?:ends before it should|is damaged|is not gzip)/);
      let same = 0;
      while (text[same] === LOG[same] && same < text.length) same += 1;
      // At most one slice is lost: 1 kB packed. About three of these lines take a hundred bytes.
      expect(same).toBeGreaterThan(LOG.length * share - 4000);
    }
    const checksum = Buffer.from(packed);
    checksum.writeUInt32LE(1, packed.length - 8);
    expect(await unpack(checksum)).toEqual({ text: LOG, said: 'is damaged (its checksum or its end is wrong): read all the same' });
  });

  it.each(['gzip', 'xz', 'zstd', 'bzip2'])('from %s: members, junk behind, cut off', async (tool) => {
    if (spawnSync('which', [tool]).status !== 0) {
      console.warn(`SKIPPED: there is no ${tool}`);
      return;
    }
    const pack = (text: string): Buffer => execFileSync(tool, ['-c'], { input: text, maxBuffer: 1 << 25 });
    expect(await unpack(Buffer.concat([pack('a\n'), pack('b\n')]))).toEqual({ text: 'a\nb\n', said: undefined });
    const junk = await unpack(Buffer.concat([pack('a\n'), Buffer.from('junk\n')]));
    expect(junk.text).toBe('a\n');
    expect(junk.said).toBeDefined();
    const whole = pack(LOG.repeat(40));
    const cut = await unpack(whole.subarray(0, whole.length - 20));
    expect(cut.text.length).toBeGreaterThan(1000);
    expect(LOG.repeat(40).startsWith(cut.text)).toBe(true);
    expect(cut.said).toBeDefined();
  });

  it.each(['gzip', 'xz'])('an error of the input of %s is its own, and ends it', async (tool) => {
    if (spawnSync('which', [tool]).status !== 0) return;
    const packed = execFileSync(tool, ['-c'], { input: LOG });
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(packed.subarray(0, 100));
      throw Object.assign(new Error('EIO'), { code: 'EIO' });
    }
    const packing = packingOf(packed);
    if (!packing) throw new Error('it is not packed');
    await expect((async () => { for await (const piece of unpacked(packing, failing(), 'x')) expect(piece).toBeDefined(); })()).rejects.toMatchObject({ code: 'EIO' });
  });
});

describe('a report never replaces', () => {
  const html = (name: string): Output => ({ option: '--html', path: at(name), kind: 'a page' });
  const summary = (name: string): Output => ({ option: '--summary', path: at(name), kind: 'a summary' });
  const PAGE = '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>Memory failures that would have panicked</title>';
  const SUMMARY = '{"version":1,"crashWindow":300,"totals":{}}';

  it.each<readonly [string, () => readonly Output[], string[], string]>([
    ['a log, by --html', () => [html('kern.log')], [], 'is not a page of this program'],
    ['a log, by --summary', () => [summary('kern.log')], [], 'is not a summary of this program'],
    ['a page by a summary', () => [summary('page.html')], [], 'is not a summary of this program'],
    ['a summary by a page', () => [html('part.json')], [], 'is not a page of this program'],
    ['an input, though it is a summary', () => [summary('part.json')], ['part.json'], 'is to be read'],
    ['an input under another name', () => [summary('hard.json')], ['part.json'], 'is to be read'],
    ['an input through a link', () => [summary('soft.json')], ['part.json'], 'is to be read'],
    ['an empty input', () => [html('empty')], ['empty'], 'is to be read'],
    ['the other report', () => [summary('new'), html('new')], [], 'both name'],
  ])('%s', (_what, outputs, inputs, reason) => {
    writeFileSync(at('kern.log'), 'Memory failure');
    writeFileSync(at('page.html'), PAGE);
    writeFileSync(at('part.json'), SUMMARY);
    linkSync(at('part.json'), at('hard.json'));
    symlinkSync('part.json', at('soft.json'));
    writeFileSync(at('empty'), '');
    expect(() => { expectReplaceable(outputs(), inputs.map(at)); }).toThrow(UsageError);
    expect(() => { expectReplaceable(outputs(), inputs.map(at)); }).toThrow(reason);
  });

  it('anything but a report of its kind, an empty file, a device, or nothing', () => {
    writeFileSync(at('page.html'), PAGE);
    writeFileSync(at('part.json'), SUMMARY);
    writeFileSync(at('empty'), '');
    const null_: Output = { option: '--html', path: '/dev/null', kind: 'a page' };
    for (const output of [html('page.html'), summary('part.json'), html('empty'), html('new.html'), null_]) {
      expect(() => { expectReplaceable([output], [at('kern.log'), '-']); }).not.toThrow();
      writeWhole(output, 'x');
    }
    expect(readdirSync(directory).sort()).toEqual(['empty', 'new.html', 'page.html', 'part.json']);
  });

  it('what appeared in its place meanwhile, and leaves nothing behind', () => {
    writeFileSync(at('kern.log'), 'Memory failure');
    expect(() => { writeWhole(html('kern.log'), 'x'); }).toThrow(WriteError);
    expect(readdirSync(directory)).toEqual(['kern.log']);
  });
});
