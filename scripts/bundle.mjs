// node scripts/bundle.mjs DIRECTORY: bundles src into DIRECTORY. Loading one file takes a fraction of the time of hundreds. Packages stay outside: npm
// installs them. Only the parser of yargs is bundled: it loads three times as fast in one file. rolldown bundles, since it reads TypeScript, keeps what
// is loaded late in files of its own, and comes with vitest.
//   main.js            the program: only what it needs to choose a command
//   chunks/            the commands, and what they share
//   chunks/chart.js    Chart.js, which replay --html puts into its page
//   library/index.js   `import 'vmsysctld'`, in one file
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { rolldown } from 'rolldown';
import { ROOT } from './setup.mjs';
import { watPlugin } from './wat.mjs';

const source = (path) => join(ROOT, 'src', path);

/**
 * Modules that threads load by a URL beside the module that starts them (`new URL('serving-thread.js', import.meta.url)`). They lie among
 * the chunks.
 */
const THREADS = ['fuse/dev-fuse/serving-thread.ts', 'daemon/machine-service.ts', 'daemon/exec/service.ts'];

const threadName = (path) => `chunks/${path.split('/').at(-1).replace(/\.ts$/, '')}`;

/** Every module that some statically import, themselves too. */
function reached(paths, graph) {
  const found = new Set();
  const visit = (id) => {
    if (found.has(id)) return;
    found.add(id);
    for (const each of graph.getModuleInfo(id)?.importedIds ?? []) visit(each);
  };
  paths.map(source).forEach(visit);
  return found;
}

const commands = (...names) => names.map((name) => `cli/commands/${name}.ts`);
const both = (one, other) => [...one].filter((id) => other.has(id));

/**
 * The chunks that several entries share. A module is in the first that has it. Each file costs a millisecond or two to load, so they are few. None holds
 * what the ones before it have no use for: `--version` loads `cli` alone, and neither the thread that starts a command or mounts nor replay loads the
 * model.
 */
const SHARED = {
  cli: (graph) => reached(['cli/cli.ts', 'daemon/descriptor-limit.ts', 'daemon/notify-environment.ts'], graph),
  options: (graph) => new Set([
    ...reached(['cli/options/parse-words.ts'], graph),
    ...both(reached(commands('replay'), graph), reached([...commands('exec'), ...THREADS], graph)),
  ]),
  replay: (graph) => reached(['cli/commands/replay.ts', 'replay/report/terminal.ts'], graph),
  common: (graph) => reached(['cli/options/machine.ts', 'cli/config/config.ts'], graph),
  execute: (graph) => new Set([
    ...reached(commands('exec'), graph), ...both(reached(commands('mount', 'status', 'dmesg'), graph), reached(THREADS, graph)),
  ]),
  machine: (graph) => reached(THREADS.slice(1), graph),
};

/** The chunks as rolldown takes them: those that are asked first have the higher priority. */
const GROUPS = Object.entries(SHARED).map(([name, modulesOf], index, all) => {
  let modules;
  return {
    debugName: name, priority: all.length - index,
    name(id, graph) {
      modules ??= modulesOf(graph);
      return modules.has(id) ? name : null;
    },
  };
});

const BUNDLES = [
  { input: { main: source('main.ts'), ...Object.fromEntries(THREADS.map((path) => [threadName(path), source(path)])) }, groups: GROUPS },
  { input: { 'library/index': source('library/index.ts') }, groups: [] },
];

/** Packages stay outside, but not yargs. Its parser needs nothing that the other modules of yargs do when they are loaded. */
const external = /^(?:node:|(?!yargs)[a-z@])/;
const treeshake = { moduleSideEffects: [{ test: /\/node_modules\/yargs\//, sideEffects: false }] };

/** The licences of packages, in full, as they want it. */
function licences(packages) {
  return packages.map((path) => {
    const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
    return `/*! ${basename(path)}\n${readFileSync(join(path, file), 'utf8')}*/`;
  }).join('\n');
}

function banner({ moduleIds }) {
  return licences([...new Set(moduleIds.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []))]);
}

/** Chart.js as one script for a page, without the name of its source map. It has the package @kurkle/color in it. */
function chartScript() {
  const [chart, color] = ['chart.js', '@kurkle/color'].map((name) => join(ROOT, 'node_modules', name));
  const script = readFileSync(join(chart, 'dist/chart.umd.min.js'), 'utf8').replace(/^\/\/# sourceMappingURL=.*$/m, '');
  return `${licences([chart, color])}\n${script}`;
}

/**
 * Loads what is loaded late from the chunk that has it. For a module in a shared chunk, rolldown makes a chunk that only exports from that one, and
 * each file costs time to load. Those of threads stay: they are loaded by their names.
 */
const loadDirectly = {
  name: 'load-directly',
  generateBundle(_, bundle) {
    const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
    const facades = new Map(chunks.flatMap(({ fileName, isEntry, code }) => {
      const [, names, from] = /^export \{ (.*) \} from "\.\/(.*)";\n$/.exec(code) ?? [];
      if (isEntry || names === undefined) return [];
      const members = names.split(', ').map((each) => each.split(' as ')).map(([inside, outside = inside]) => `${outside}: chunk.${inside}`);
      return [[fileName, `import("./${from}").then((chunk) => ({ ${members.join(', ')} }))`]];
    }));
    for (const chunk of chunks) {
      if (facades.has(chunk.fileName)) delete bundle[chunk.fileName];
      else chunk.code = chunk.code.replace(/\bimport\("\.\/([^"/]*)"\)/g, (call, name) => facades.get(`chunks/${name}`) ?? call);
    }
  },
};

const directory = process.argv[2];
for (const { input, groups } of BUNDLES) {
  const bundle = await rolldown({ input, platform: 'node', external, treeshake, plugins: [watPlugin(), loadDirectly], transform: { target: 'es2023' } });
  await bundle.write({
    dir: directory, format: 'esm', sourcemap: true, comments: { jsdoc: false }, entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js',
    banner, codeSplitting: { groups },
  });
  await bundle.close();
}
writeFileSync(join(directory, 'chunks/chart.js'), chartScript());
chmodSync(join(directory, 'main.js'), 0o755);
