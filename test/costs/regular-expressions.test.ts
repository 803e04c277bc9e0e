import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { replayText } from '../../src/replay/log-replay.ts';
import { slowOn } from '../support/regex-attack.ts';

const FOLDERS = ['src/replay', 'src/cli/commands/replay'];
const FILES = FOLDERS.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))).filter((name) => name.endsWith('.ts')).sort();

/** These get no input: the texts that they search are always short. */
const SHORT_TEXTS = new Map([[String.raw`/\B(?=(?:\d{3})+$)/g`, 'grouped() of words.ts: the digits of a count']]);

/** The regular expressions that stand in a file. */
function literals(file: string): RegExp[] {
  const found: RegExp[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      if (!SHORT_TEXTS.has(node.text)) found.push(new RegExp(node.text.slice(1, end), node.text.slice(end + 1)));
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true));
  return found;
}

describe('the attack finds', () => {
  it.each([
    /^\s*[{}]?,?\s*$/, /\r+$/, /(?:[-T]?\d+)*$/, /^page: ?[^ ]* ?.*\bpfn:(0x[0-9a-f]+)/, /\bComm: .*Not tainted (\d+)/, /: (?:recovery .*|[a-z ]* recovery:.*)$/,
    /0x1: Killing (.+?):(\d+) due to/, /^(a+)+$/,
  ])('that %s is slow', (pattern) => {
    expect(slowOn(pattern)).toBeDefined();
  });

  it.each([/^\s*x/, /^[ \t]*(?:([A-Z_]+)=(.*))$/s, /=\s*$/, /^(?:\[(?:[^\]\\]|\\.)*\])+/])('nothing in %s, which is linear', (pattern) => {
    expect(slowOn(pattern)).toBeUndefined();
  });
});

describe('no line takes more than linear time', () => {
  /** Patterns that are put together when a module is loaded. */
  const made = new Map<string, RegExp>();

  beforeAll(async () => {
    const Original = RegExp;
    vi.stubGlobal('RegExp', new Proxy(Original, {
      construct(target, [source, flags]: [string, string?]) {
        const pattern = new target(source, flags);
        made.set(String(pattern), pattern);
        return pattern;
      },
    }));
    vi.resetModules();
    for (const file of FILES) await import(pathToFileURL(file).href);
    vi.unstubAllGlobals();
  });

  afterAll(() => { vi.resetModules(); });

  it.each(FILES.map((file) => [file, literals(file)] as const).filter(([, found]) => found.length > 0))('with a regular expression of %s', (_file, found) => {
    expect(found.map((pattern) => [String(pattern), slowOn(pattern)]).filter(([, slow]) => slow !== undefined)).toEqual([]);
  });

  it('with one that is put together of parts', () => {
    expect(made.size).toBeGreaterThan(10);
    const slow = [...made.values()].map((pattern) => [String(pattern), slowOn(pattern)]);
    expect(slow.filter(([, attack]) => attack !== undefined)).toEqual([]);
  });

  it('in a whole run: blanks, carriage returns and beginnings of the kernel\'s lines around a failure', () => {
    const failure = 'Memory failure: 0x1: recovery action for reserved kernel page: Ignored\n';
    const pumps = [' ', '\r', '"', '=', '\u2028', 'Memory failure: 0x1: ', 'MCE 0x1: Killing ', 'Comm: ', ': recovery ', '{"', '[', '> ', '\u001b[', '=20'];
    const nasty = (length: number): string => pumps.map((pump) => `${pump.repeat(length / pump.length)}!\n${failure}`).join('').repeat(4);
    const took = (length: number): number => {
      const log = nasty(length);
      const begun = process.cpuUsage();
      expect(replayText(log).events.length).toBeGreaterThan(0);
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1000;
    };
    took(1000); // warm
    // Sixty times the input: a linear run takes some sixty times as long, a quadratic one thousands.
    expect(took(60_000)).toBeLessThan(2000);
  });
});
