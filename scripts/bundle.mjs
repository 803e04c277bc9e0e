// node scripts/bundle.mjs DIRECTORY: bundles src into DIRECTORY. Loading one file takes a fraction of the time of hundreds. Packages stay outside: npm
// installs them. rolldown does it, since it reads TypeScript, keeps what is loaded late in files of its own, and comes with vitest.
//   main.js            the program: only what it needs to choose a command
//   chunks/            the commands, and what they share
//   library/index.js   `import 'vmsysctld'`, in one file
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './setup.mjs';

const source = (path) => join(ROOT, 'src', path);

/** Modules that threads load by a URL beside the module that starts them (`new URL('serving-thread.js', import.meta.url)`): they lie among the chunks. */
const THREADS = ['fuse/dev-fuse/serving-thread.ts', 'daemon/machine-service.ts', 'daemon/exec/service.ts'];

const threadName = (path) => `chunks/${path.split('/').at(-1).replace(/\.ts$/, '')}`;

/**
 * The chunks that several entries share, by the modules whose static imports they have. A module is in the first chunk that reaches it. Each file costs a
 * millisecond or two to load, so they are few. None holds what the ones before it have no use for: `--help` loads `cli` alone, and the thread that
 * starts a command does not load the model.
 */
const SHARED = {
  cli: ['cli/cli.ts', 'daemon/descriptor-limit.ts', 'daemon/notify-environment.ts'],
  options: ['cli/options/machine.ts', 'cli/config/config.ts'],
  execute: ['cli/commands/exec.ts'],
  machine: THREADS.slice(1),
};

/** Every module that one statically imports, itself too. */
function reached(roots, graph) {
  const found = new Set();
  const visit = (id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const each of graph.getModuleInfo(id)?.importedIds ?? []) visit(each);
  };
  roots.forEach(visit);
  return found;
}

/** The chunks as rolldown takes them: those that are asked first have the higher priority. */
const GROUPS = Object.entries(SHARED).map(([name, roots], index, all) => {
  let modules;
  return {
    debugName: name, priority: all.length - index,
    name(id, graph) {
      modules ??= reached(roots.map(source), graph);
      return modules.has(id) ? name : null;
    },
  };
});

const BUNDLES = [
  { input: { main: source('main.ts'), ...Object.fromEntries(THREADS.map((path) => [threadName(path), source(path)])) }, groups: GROUPS },
  { input: { 'library/index': source('library/index.ts') }, groups: [] },
];

const directory = process.argv[2];
for (const { input, groups } of BUNDLES) {
  const bundle = await rolldown({ input, platform: 'node', external: /^(?:node:|[a-z@])/, transform: { target: 'es2023' } });
  await bundle.write({
    dir: directory, format: 'esm', sourcemap: true, comments: { jsdoc: false }, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js',
    codeSplitting: { groups },
  });
  await bundle.close();
}
chmodSync(join(directory, 'main.js'), 0o755);
