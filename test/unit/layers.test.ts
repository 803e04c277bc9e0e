import { ESLint, Linter } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const LAYERS = ['main', 'cli', 'replay', 'daemon', 'fuse', 'library', 'tree', 'kernel', 'abi'];
const FILES = ['src/main.ts', ...LAYERS.slice(1).map((layer) => `src/${layer}/file.ts`), 'src/kernel/deep/down/file.ts'];

/** The rules of eslint.config.js that keep the layers apart, as they apply to each file. */
const rules = new Map<string, Linter.RulesRecord>();

beforeAll(async () => {
  const eslint = new ESLint();
  for (const file of FILES) {
    const config = await eslint.calculateConfigForFile(file) as { rules: Linter.RulesRecord };
    rules.set(file, Object.fromEntries(Object.entries(config.rules).filter(([name]) => name.startsWith('no-restricted-'))));
  }
});

/** What lint says of a file with this code in it. */
function complaints(file: string, code: string): string[] {
  return new Linter().verify(code, [{ languageOptions: { ecmaVersion: 2023, sourceType: 'module' }, rules: rules.get(file) ?? {} }])
    .map(({ message }) => message);
}

describe('the layers import one way', () => {
  const pairs = LAYERS.slice(1).flatMap((from, i) => LAYERS.map((to, j) => ({ from, to, allowed: j >= i + 1 })));

  it.each(pairs)('$from imports $to: $allowed', ({ from, to, allowed }) => {
    const target = to === 'main' ? '../main.ts' : `../${to}/file.ts`;
    const found = complaints(`src/${from}/file.ts`, `import { x } from '${target}'; export { y } from '${target}';`);
    expect(found).toHaveLength(allowed ? 0 : 2);
    for (const message of found) expect(message).toContain('imports go one way');
  });

  it('holds from any depth', () => {
    expect(complaints('src/kernel/deep/down/file.ts', "import '../../../tree/vfs.ts';")).toHaveLength(1);
    expect(complaints('src/kernel/deep/down/file.ts', "import '../../../abi/errno.ts'; import '../../sysctl/x.ts'; import './x.ts';")).toEqual([]);
  });

  it('lets main import all of them', () => {
    expect(complaints('src/main.ts', LAYERS.slice(1).map((layer) => `import './${layer}/x.ts';`).join('\n'))).toEqual([]);
  });
});

describe('fuse-native', () => {
  it.each(["import Fuse from 'fuse-native';", "await import('fuse-native');", "require('fuse-native');"])('is for src/fuse alone: %s', (code) => {
    for (const file of ['src/main.ts', 'src/daemon/file.ts', 'src/cli/file.ts', 'src/tree/file.ts']) expect(complaints(file, code)).not.toEqual([]);
    expect(complaints('src/fuse/file.ts', code)).toEqual([]);
  });

  it('may be named', () => {
    expect(complaints('src/cli/file.ts', "export const TRANSPORTS = ['auto', 'fuse-native'];")).toEqual([]);
  });
});

describe('the pure layers', () => {
  const impure = [
    "import 'node:fs';", "import { x } from 'fs/promises';", "import { Buffer } from 'buffer';", "await import('./x.ts');", 'process.pid;', "Buffer.from('');",
    'setTimeout(f, 1);', "console.log('');", 'Date.now();', 'new Date();', 'Math.random();', 'performance.now();', 'import.meta.url;',
  ];
  it.each(impure)('do without %s', (code) => {
    for (const layer of ['replay', 'library', 'tree', 'kernel', 'abi']) expect(complaints(`src/${layer}/file.ts`, code)).not.toEqual([]);
    for (const layer of ['cli', 'daemon', 'fuse']) expect(complaints(`src/${layer}/file.ts`, code)).toEqual([]);
  });

  it('may reckon with times and texts', () => {
    expect(complaints('src/kernel/file.ts', 'new Date(12).toISOString(); new TextEncoder(); Math.imul(1, 2);')).toEqual([]);
  });
});

describe('process.exit', () => {
  it('is for main alone', () => {
    expect(complaints('src/cli/file.ts', 'process.exit(1);')).toHaveLength(1);
    expect(complaints('src/main.ts', 'process.exit(1);')).toEqual([]);
  });
});
