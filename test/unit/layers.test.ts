import { ESLint, Linter } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const FILES = ['main.ts', ...['cli', 'daemon', 'fuse', 'replay', 'library', 'machine', 'files', 'control', 'vfs', 'kernel', 'kernel/deep/down', 'abi']
  .map((folder) => `${folder}/file.ts`)].map((file) => `src/${file}`);

/** The rules of eslint.config.js that keep the layers apart, as they apply to each file. */
const rules = new Map<string, Linter.RulesRecord>();

beforeAll(async () => {
  const eslint = new ESLint();
  for (const file of FILES) {
    const found = await eslint.calculateConfigForFile(file) as { rules: Linter.RulesRecord };
    rules.set(file, Object.fromEntries(Object.entries(found.rules).filter(([name]) => name.startsWith('no-restricted-'))));
  }
});

/** What lint says of a file with this code in it. */
function complaints(file: string, code: string): string[] {
  return new Linter().verify(code, [{ languageOptions: { ecmaVersion: 2023, sourceType: 'module' }, rules: rules.get(file) ?? {} }])
    .map(({ message }) => message);
}

describe('the map of imports', () => {
  it('lets a folder import what the map names, and itself', () => {
    expect(complaints('src/files/file.ts', "import '../kernel/kernel.ts'; import '../vfs/node.ts'; import './proc/meminfo.ts'; import '../abi/errno.ts';")).toEqual([]);
    expect(complaints('src/main.ts', "import './cli/cli.ts'; import './daemon/write-to-stderr.ts';")).toEqual([]);
  });

  it('refuses what it does not name, in import and in export, and says what is allowed', () => {
    const found = complaints('src/vfs/file.ts', "import { x } from '../kernel/kernel.ts'; export { y } from '../control/status.ts';");
    expect(found).toHaveLength(2);
    for (const message of found) expect(message).toContain('the map of imports: vfs imports abi and itself');
  });

  it('is no list of layers: of two folders side by side neither may import the other', () => {
    expect(complaints('src/replay/file.ts', "import '../daemon/daemon.ts';")).toHaveLength(1);
    expect(complaints('src/daemon/file.ts', "import '../replay/filter.ts';")).toHaveLength(1);
    expect(complaints('src/fuse/file.ts', "import '../kernel/kernel.ts';")).toHaveLength(1);
  });

  it('holds from any depth', () => {
    expect(complaints('src/kernel/deep/down/file.ts', "import '../../../vfs/vfs.ts'; import '../../../main.ts';")).toHaveLength(2);
    expect(complaints('src/kernel/deep/down/file.ts', "import '../../../abi/errno.ts'; import '../../sysctl/x.ts'; import './control/x.ts';")).toEqual([]);
  });

  it('has no circle', async () => {
    const config = new URL('../../eslint.config.js', import.meta.url).href;
    const { MAY_IMPORT } = await import(config) as { readonly MAY_IMPORT: Readonly<Record<string, readonly string[]>> };
    const above = (folder: string, seen: readonly string[]): string[][] =>
      seen.includes(folder) ? [[...seen, folder]] : (MAY_IMPORT[folder] ?? []).filter((next) => next !== folder).flatMap((next) => above(next, [...seen, folder]));
    expect(Object.keys(MAY_IMPORT).flatMap((folder) => above(folder, []))).toEqual([]);
  });
});

describe('fuse-native', () => {
  it.each(["import Fuse from 'fuse-native';", "await import('fuse-native');", "require('fuse-native');"])('is for src/fuse alone: %s', (code) => {
    for (const file of ['src/main.ts', 'src/daemon/file.ts', 'src/cli/file.ts', 'src/files/file.ts']) expect(complaints(file, code)).not.toEqual([]);
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
    for (const layer of ['replay', 'library', 'machine', 'files', 'control', 'vfs', 'kernel', 'abi']) expect(complaints(`src/${layer}/file.ts`, code)).not.toEqual([]);
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
