import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { ESLint, Linter } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';

const FILES = ['main.ts', ...['cli', 'daemon', 'fuse', 'replay', 'library', 'machine', 'files', 'control', 'vfs', 'kernel', 'kernel/deep/down', 'abi']
  .map((folder) => `${folder}/file.ts`)].map((file) => `src/${file}`);

/** The rules of eslint.config.js that separate the layers, as they apply to each file. */
const rules = new Map<string, Linter.RulesRecord>();

beforeAll(async () => {
  const eslint = new ESLint();
  for (const file of FILES) {
    const found = await eslint.calculateConfigForFile(file) as { rules: Linter.RulesRecord };
    rules.set(file, Object.fromEntries(Object.entries(found.rules).filter(([name]) => name.startsWith('no-restricted-'))));
  }
});

/** The messages of lint about a file with this code. */
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

  it('is not a list of layers: of two folders side by side neither may import the other', () => {
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

describe('imports of src', () => {
  it('lead in no circle from file to file, imports of types among them', () => {
    expect(circles(importsOfFiles())).toEqual([]);
  });

  it('lead in no circle from folder to folder, nor from subsystem to subsystem of the kernel', () => {
    const folders = new Map<string, Set<string>>();
    for (const [file, imported] of importsOfFiles()) {
      const from = folderOf(file);
      const to = folders.get(from) ?? new Set();
      for (const other of imported) if (folderOf(other) !== from) to.add(folderOf(other));
      folders.set(from, to);
    }
    // The files of src/kernel itself are not a folder: kernel.ts joins the subsystems, and they use its type.
    folders.delete('kernel');
    expect([...folders.keys()]).toEqual(expect.arrayContaining(['kernel/memory', 'kernel/memory-failure', 'kernel/sysctl', 'vfs', 'files']));
    expect(circles(folders)).toEqual([]);
  });

  it.each([
    'main.ts', 'cli/commands/replay.ts', 'replay/report/terminal.ts', 'cli/commands/mount.ts', 'cli/commands/exec.ts', 'cli/commands/status.ts',
  ])('of %s load no kernel when the program starts: that takes longer than the rest', (file) => {
    const loaded = reachedFrom(file, importsOfFiles(LOADED));
    expect([...loaded].filter((name) => /^kernel\/(?:kernel|profiles\/(?:profiles|linux-)|trace\/formats\/linux-|sysctl\/tables\/)/.test(name))).toEqual([]);
    expect([...loaded]).toContain('abi/printable.ts');
  });

  it('are searched for circles of any length', () => {
    expect(circles(new Map([['a', ['b']], ['b', ['c']], ['c', ['a', 'd']], ['d', []]]))).toEqual(['a b c']);
    expect(circles(new Map([['a', ['b', 'c']], ['b', ['c']], ['c', []]]))).toEqual([]);
  });
});

/** What a file imports or exports, types and what `import()` loads later among it. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g;
/** What a file loads when it is loaded. */
const LOADED = /^(?:import|export) (?!type )(?:[^;']* from )?'(\.[^']+)';$/gm;

/** What each file of src imports or exports from src, as paths below src. */
function importsOfFiles(pattern = IMPORTED): Map<string, readonly string[]> {
  const root = new URL('../../src/', import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return new Map(files.map((file) => [
    file, [...readFileSync(join(root, file), 'utf8').matchAll(pattern)].map(([, path = '']) => normalize(join(dirname(file), path))),
  ]));
}

/** A folder of src. In the kernel it is a folder of src/kernel with everything below it. */
function folderOf(file: string): string {
  const [top = '', second = ''] = dirname(file).split('/');
  return top === 'kernel' && second !== '' ? `${top}/${second}` : top;
}

/** Every name that a name imports, directly or not. */
function reachedFrom(name: string, imports: ReadonlyMap<string, Iterable<string>>): Set<string> {
  const found = new Set<string>();
  const pending = [name];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const imported of imports.get(next) ?? []) {
      if (found.has(imported)) continue;
      found.add(imported);
      pending.push(imported);
    }
  }
  return found;
}

/** Names that import one another, directly or not. Each circle is the list of its names, sorted. */
function circles(imports: ReadonlyMap<string, Iterable<string>>): string[] {
  const reached = new Map([...imports.keys()].map((name) => [name, reachedFrom(name, imports)]));
  const inCircles = [...reached].filter(([name, found]) => found.has(name));
  return [...new Set(inCircles.map(([name, found]) => [...found].filter((other) => reached.get(other)?.has(name)).sort().join(' ')))];
}

describe('folders of src', () => {
  it('have a file each that opens with a comment: what the folder does, what it may import, and where to start', () => {
    const root = new URL('../../src/', import.meta.url).pathname;
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const folders = new Map(files.map((file) => [dirname(file), 0]));
    folders.delete('.');
    for (const file of files) {
      const opening = /^(?:\/\*[^]*?\*\/|(?:\/\/.*\n)+)/.exec(readFileSync(join(root, file), 'utf8'))?.[0].replace(/\n\s*(?:\*|\/\/) ?/g, ' ') ?? '';
      if (!/folder (?:imports|may import)/i.test(opening) || !/\bstart\b/i.test(opening)) continue;
      folders.set(dirname(file), (folders.get(dirname(file)) ?? 0) + 1);
    }
    expect(folders.size).toBeGreaterThan(30);
    expect([...folders].filter(([, ways]) => ways !== 1)).toEqual([]);
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
