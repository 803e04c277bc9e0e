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

/**
 * Modules that threads load by a URL beside the module that starts them (`new URL('serving-thread.js', import.meta.url)`). They lie among
 * the chunks.
 */
const THREADS = ['fuse/dev-fuse/serving-thread.ts', 'daemon/machine-service.ts', 'daemon/exec/service.ts'];

const threadName = (path) => `chunks/${path.split('/').at(-1).replace(/\.ts$/, '')}`;

const BUNDLES = [
  { main: source('main.ts'), ...Object.fromEntries(THREADS.map((path) => [threadName(path), source(path)])) },
  { 'library/index': source('library/index.ts') },
];

const directory = process.argv[2];
for (const input of BUNDLES) {
  const bundle = await rolldown({ input, platform: 'node', external: /^(?:node:|[a-z@])/, transform: { target: 'es2023' } });
  await bundle.write({ dir: directory, format: 'esm', sourcemap: true, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js' });
  await bundle.close();
}
chmodSync(join(directory, 'main.js'), 0o755);
