import fc, { runs } from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import { CONFIGURED } from '../../src/cli/config/config.ts';
import { type Option, settingValues, resolveSettings } from '../../src/cli/options/option.ts';
import { parseWords } from '../../src/cli/options/parse-words.ts';
import { parse } from '../support/config-file.ts';

const SYSCTLS = ['kernel.panic=10', 'vm.swappiness=1', 'kernel.hostname=a: b # c', 'vm/panic_on_oom=2'];
/** Values of options that take neither any text nor one of a few words. */
const TEXTS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  memory: fc.tuple(fc.integer({ min: 1, max: 64 }), fc.constantFrom('G', 'T', 'g')).map((parts) => parts.join('')),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(String),
};
const path = fc.string({ unit: fc.constantFrom(...'ab/.# :"\'\\-[]{}&*!|>%@`é,?~\t'), minLength: 1 }).map((name) => `/${name}`);

function texts(name: string, option: Option): fc.Arbitrary<readonly string[]> {
  if (option.kind === 'flag') return fc.constantFrom(['true'], ['false']);
  if (option.kind === 'list') return fc.array(fc.constantFrom(...SYSCTLS), { minLength: 1, maxLength: 4 });
  return (option.words ? fc.constantFrom(...option.words) : TEXTS[name] ?? path).map((text) => [text]);
}

/** Some of the options, with values that each accepts. */
const given = fc.record(Object.fromEntries(Object.entries(CONFIGURED).map(([name, option]) => [name, texts(name, option)])), { requiredKeys: [] });

/** A text in YAML: without quotes if that is possible, or with either kind of them. */
const style = fc.constantFrom<(text: string) => string>(
  (text) => (/^[\w./][\w./=]*$/.test(text) ? text : JSON.stringify(text)), (text) => JSON.stringify(text), (text) => `'${text.replaceAll("'", "''")}'`,
);

describe('a configuration file', () => {
  it('gives the same values as the same options on a command line', async () => {
    await fc.assert(fc.asyncProperty(given, style, fc.constantFrom('\n', '\r\n'), async (options, written, newline) => {
      const entries = Object.entries(options as Readonly<Record<string, readonly string[]>>);
      const file = entries.flatMap(([name, values]) => [
        ...(CONFIGURED[name]?.kind === 'list' ? [`${name}:`, ...values.map((value) => `  - ${written(value)}`)] : [`${name}: ${CONFIGURED[name]?.kind === 'flag' ? values[0] : written(values[0] ?? '')}`]),
      ]).join(newline);
      const fromFile = parse(file);
      if (typeof fromFile === 'string') throw new Error(fromFile);
      const words = entries.flatMap(([name, values]) => values.map((value) => `--${name}=${value}`));
      const { given: parsed } = parseWords(words, CONFIGURED, '');
      expect(settingValues(resolveSettings(CONFIGURED, {}, fromFile))).toEqual(settingValues(resolveSettings(CONFIGURED, parsed)));
    }), { numRuns: runs(300) });
  });

  const soup = fc.array(fc.constantFrom(
    ...Object.keys(CONFIGURED), ...': - [ ] { } & * ! | > % @ ` , ? # " \' \\ ~ << --- ...'.split(' '), ' ', '  ', '\n', '\t', '\r', '\0', '\uFEFF', '7.3', 'true',
  ), { maxLength: 60 }).map((parts) => new TextEncoder().encode(parts.join('')));

  it('of any bytes gives settings, or one line that names the file and the line', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), soup), (bytes) => {
      const result = parse(bytes);
      if (typeof result !== 'string') {
        for (const name of result.keys()) expect(CONFIGURED).toHaveProperty([name]);
        return;
      }
      const [, line = ''] = /^\/etc\/x\.conf:(\d+): [^\p{Cc}]+$/u.exec(result) ?? [];
      const lines = new TextDecoder().decode(bytes).split('\n').length;
      expect(Number(line), result).toBeGreaterThanOrEqual(1);
      expect(Number(line), result).toBeLessThanOrEqual(lines);
    }), { numRuns: runs(3000) });
  });
});
