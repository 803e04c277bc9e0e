import { readdirSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../scripts/setup.mjs';
import { NODE_RELEASES, nodeRelease } from '../support/node-releases.ts';
import { npmInstall, packCopy, type Packed } from '../support/packed.ts';
import { describeMount, makePlace } from '../e2e/support/mounts.ts';
import { sh, type ShellResult } from '../e2e/support/shell.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

/**
 * The Node.js releases that run the package: this one, and the other lines. If one is not available, its tests are skipped, and a line says
 * so.
 */
const releases = await Promise.all(NODE_RELEASES.map(async (release) => ({ release, ...(await nodeRelease(release)) })));
const NODES: { readonly release: string; readonly node: string }[] = [{ release: process.versions.node, node: process.execPath }];
for (const one of releases) {
  if ('node' in one) NODES.push({ release: one.release, node: one.node });
  else console.warn(`SKIPPED: the package on Node.js ${one.release}: ${one.missing}`);
}

let packed: Packed;
/** Where the tarball is installed globally: the package itself, and its command. */
let prefix: string;
let installed: string;

beforeAll(async () => {
  packed = await packCopy();
  prefix = join(packed.directory, 'prefix');
  installed = join(prefix, 'lib/node_modules/vmsysctld');
  await npmInstall(prefix, ['--global', '--ignore-scripts', 'fuse-native'], packed.file);
}, 900_000);

afterAll(() => packed.remove());

/** Runs the installed command by a Node.js, as its first line does. */
function vmsysctld(node: string, commandArguments: readonly string[]): Promise<ShellResult> {
  return sh('PATH=$1:$PATH exec "$2/bin/vmsysctld" "${@:3}"', [dirname(node), prefix, ...commandArguments]);
}

/** Every kind of file in the package. Of declarations only those that users of the library see. */
const KINDS = [
  /^(?:LICENSE|package\.json|(?:README|CHANGELOG|CONTRIBUTING|docs\/[\w-]+)\.md)$/,
  /^dist\/(?:[\w-]+\/)*[\w-]+\.js$/, /^dist\/(?:library|abi|check|kernel)\/(?:[\w-]+\/)*[\w-]+\.d\.ts$/,
  /^man\/vmsysctld(?:[-.]\w+)?\.[158]$/, /^systemd\/(?:examples\/)?[\w@-]+\.(?:service|conf|logrotate|sysusers)$/,
  /^examples\/(?:[\w-]+\/)?[\w-]+\.(?:machine|mjs|conf|control|sh|ya?ml)$/,
];

describe('npm pack', () => {
  it('packs what is needed and nothing else', () => {
    expect(packed.names.filter((name) => !KINDS.some((kind) => kind.test(name)))).toEqual([]);
    const needed = [
      'LICENSE', 'README.md', 'dist/main.js', 'dist/chunks/serving-thread.js', 'dist/chunks/service.js', 'dist/library/index.js', 'man/vmsysctld-exec.1',
      'examples/unit-test.mjs', 'docs/fleet.md',
    ];
    for (const name of needed) expect(packed.names).toContain(name);
  });

  it('builds what it packs: nothing is left of an older dist', () => {
    expect(packed.names).not.toContain('dist/library/gone.js');
  });

  it('bundles the parser of yargs in one file, with its licence', () => {
    const text = (name: string): string => readFileSync(join(installed, name), 'utf8');
    const bundled = packed.names.filter((name) => name.endsWith('.js') && text(name).includes('/yargs-parser/'));
    expect(bundled).toHaveLength(1);
    expect(text(bundled[0] ?? '')).toContain(readFileSync(join(ROOT, 'node_modules/yargs-parser/LICENSE.txt'), 'utf8'));
  });

  it('brings Chart.js in one file, with its licence and that of the package in it', () => {
    const text = readFileSync(join(installed, 'dist/chunks/chart.js'), 'utf8');
    expect(text).toContain('Chart.js v');
    expect(text).not.toContain('sourceMappingURL');
    for (const name of ['chart.js', '@kurkle/color']) expect(text).toContain(readFileSync(join(ROOT, 'node_modules', name, 'LICENSE.md'), 'utf8'));
  });
});

/** All modules that importing one loads, by the names in import statements: their files, and names that are not files of the package. */
function closure(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const text = readFileSync(file, 'utf8').replaceAll(/\/\*.*?\*\//gs, '');
  for (const [, name = ''] of text.matchAll(/(?:\bfrom |\bimport |\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g)) {
    if (name.startsWith('.')) closure(resolve(dirname(file), name), found);
    else found.add(name);
  }
  return found;
}

describe('the package as a library', () => {
  it('loads no module of Node\'s nor of another package', () => {
    const index = join(installed, 'dist/library/index.js');
    expect([...closure(index)]).toEqual([index]);
    expect([...closure(join(installed, 'dist/main.js'))]).toContain('node:path');
  });

  it('has one entry', async () => {
    const deep = await sh('cd "$1" && "$2" --input-type=module -e "import \'vmsysctld/dist/machine/assemble-machine.js\'"', [dirname(installed), process.execPath]);
    expect(deep.stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  const CONSUMER = `
    import { createMachine, type Injection, type Machine, MachineFileError, type MachineOptions, type PageTypeName, type Result } from 'vmsysctld';
    const options: MachineOptions = { profile: '7.3', memory: '2G', sysctls: { 'vm.swappiness': 1 } };
    const machine: Machine = createMachine(options);
    const read: Result<{ text: string }> = machine.read('/proc/version');
    export const text: string = read.ok ? read.text : read.errno;
    const type: PageTypeName = 'slab';
    const injection: Injection = { type, race: 'grabbed', via: 'mce' };
    const result = machine.inject(injection);
    if (!result.ok && result.errno === 'EBUSY') machine.advance(1);
    for (const event of machine.events) if (event.kind === 'panic') event.text.trim();
    export const frames: number[] = machine.events.flatMap((event) => (event.kind === 'memory-failure' ? [event.pfn] : []));
    export const code = (error: unknown): string => (error instanceof MachineFileError ? error.code : '');
    // @ts-expect-error there is no such page type
    machine.inject({ type: 'slba' });
    // @ts-expect-error nor such an option
    createMachine({ sysctl: {} });
    // @ts-expect-error what was read is there only where it could be
    machine.read('/proc/version').text;
  `;
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

  it.each([['nodenext', 'nodenext'], ['esnext', 'bundler']])('compiles for a consumer with module %s and moduleResolution %s', async (module, resolution) => {
    const directory = join(prefix, 'lib', `consumer-${resolution}`);
    await mkdir(directory);
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await writeFile(join(directory, 'consumer.ts'), CONSUMER);
    const options = ['--strict', '--noEmit', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2023', '--lib', 'es2023', '--module', module, '--moduleResolution', resolution];
    const { status, stdout } = await sh('cd "$1" && "${@:2}"', [directory, process.execPath, tsc, ...options, 'consumer.ts'], { timeout: 200_000 });
    expect(stdout).toBe('');
    expect(status).toBe(0);
  });

  /** The code that docs/library.md shows. */
  const shown = /^```js\n(.*?)^```/ms.exec(readFileSync(join(ROOT, 'docs/library.md'), 'utf8'))?.[1] ?? '';

  it.each(NODES)('passes the tests of examples/unit-test.mjs, and that of docs/library.md, on Node.js $release', async ({ node }) => {
    expect(shown).toContain('createMachine');
    const directory = join(prefix, 'lib');
    await copyFile(join(installed, 'examples/unit-test.mjs'), join(directory, 'unit-test.mjs'));
    await writeFile(join(directory, 'library.mjs'), shown);
    const example = await sh('cd "$1" && "$2" --test unit-test.mjs', [directory, node]);
    expect(example.stdout).toMatch(/^(?:#|ℹ) pass 4$/m);
    expect(example).toMatchObject({ status: 0, stderr: '' });
    expect(await sh('cd "$1" && "$2" library.mjs', [directory, node])).toMatchObject({ status: 0, stderr: '' });
    const required = await sh('cd "$1" && "$2" --no-warnings -p "require(\'vmsysctld\').createMachine().boots"', [directory, node]);
    expect(required).toEqual({ status: 0, stdout: '1\n', stderr: '' });
  });
});

describe('the installed command', () => {
  let matrix: string;

  beforeAll(async () => {
    matrix = (await vmsysctld(process.execPath, ['matrix', '--via', 'all', '--json'])).stdout;
  });

  it.each(NODES)('says its version, and does with every page type, way and race the same, on Node.js $release', async ({ node }) => {
    expect(await vmsysctld(node, ['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    expect((await vmsysctld(node, ['mount'])).status).toBe(2);
    expect(matrix.split('\n').length).toBeGreaterThan(250);
    expect(await vmsysctld(node, ['matrix', '--via', 'all', '--json'])).toEqual({ status: 0, stdout: matrix, stderr: '' });
  });
});

/** The first steps of a user: mount, write, inject, read the log, end. */
const SMOKE = `
set -u
command=$1; mnt=$2; log=$3; shift 3
coproc daemon { exec "$command" mount "$mnt" --log "$log" --profile 7.3 "$@"; }
pid=$!
trap 'kill $pid 2>/dev/null' EXIT
read -r -t 40 ready <&"\${daemon[0]}" || exit 9
echo "$ready"
cd "$mnt" || exit 8
echo 1 > proc/sys/vm/panic_on_unrecoverable_memory_failure
cat proc/sys/vm/panic_on_unrecoverable_memory_failure
echo 'inject type=slab' 2>/dev/null > control
cat proc/sys/vm/swappiness 2>/dev/null; echo "dead: $?"
tail -n 1 "$log" | grep -o 'end Kernel panic - not syncing: Memory failure'
cd /
kill $pid; wait $pid; echo "ended: $?"
`;

function describeSmoke(name: string, command: () => string): void {
  describeMount(name, () => {
    it.each(NODES.flatMap((one) => ['dev-fuse', 'fuse-native'].map((transport) => ({ ...one, transport }))))('mounts, panics and ends by $transport on Node.js $release', async ({ node, transport }) => {
      const place = await makePlace();
      try {
        const { stdout } = await sh(`PATH=$1:$PATH\nshift\n${SMOKE}`, [dirname(node), command(), place.mountPoint, join(place.directory, 'log'), '--transport', transport]);
        expect(stdout.split('\n')).toEqual([expect.stringMatching(/^ready: vmsysctld /), '1', 'dead: 1', 'end Kernel panic - not syncing: Memory failure', 'ended: 0', '']);
      } finally {
        await place.remove();
      }
    });

    it.each(NODES)('runs a command on a machine by Node.js $release', async ({ node }) => {
      const run = await sh('PATH=$1:$PATH exec "$2" exec --sysctl vm.swappiness=7 -- cat /proc/sys/vm/swappiness', [dirname(node), command()]);
      expect(run).toEqual({ status: 0, stdout: '7\n', stderr: '' });
    });
  });
}

describeSmoke('the installed command (npm install -g --ignore-scripts, with fuse-native beside it)', () => join(prefix, 'bin/vmsysctld'));

describeMount('the package as npm installs it', () => {
  let directory: string;
  let bin: string;

  beforeAll(async () => {
    directory = join(packed.directory, 'plain');
    await npmInstall(directory, [], packed.file);
    bin = join(directory, 'node_modules/.bin/vmsysctld');
  }, 300_000);

  it('takes less than 12 MB, and brings neither native code nor chart.js', async () => {
    const names = readdirSync(join(directory, 'node_modules'));
    expect(names).toContain('pino');
    expect(names.filter((name) => name === 'fuse-native' || name === 'chart.js')).toEqual([]);
    const { stdout } = await sh('du -sk "$1" | cut -f 1; find "$1" -name "*.node" -o -name "*.so*"', [directory]);
    const [kilobytes, ...native] = stdout.trimEnd().split('\n');
    expect(Number(kilobytes)).toBeLessThan(12_000);
    expect(native).toEqual([]);
  });

  it('runs by npx', async () => {
    expect(await sh('npx --no -- vmsysctld --version', [], { cwd: directory })).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('writes a page with its charts', async () => {
    const log = "echo '[   12.345678] Memory failure: 0x40272d: recovery action for reserved kernel page: Ignored' > log; \"$1\" replay log --html page.html > report; grep -c 'Chart.js v' page.html";
    expect(await sh(log, [bin], { cwd: directory })).toEqual({ status: 0, stdout: '1\n', stderr: '' });
  });

  it('mounts by dev-fuse, and names in one line what fuse-native needs', async () => {
    const place = await makePlace();
    try {
      const by = (transport: string): Promise<ShellResult> => sh(SMOKE, [bin, place.mountPoint, join(place.directory, 'log'), '--transport', transport]);
      expect((await by('auto')).stdout).toMatch(/^ready.*\n1\ndead: 1\nend Kernel panic.*\nended: 0\n$/);
      const without = await sh('"$@"', [bin, 'mount', place.mountPoint, '--log', join(place.directory, 'log'), '--transport', 'fuse-native']);
      expect(without).toEqual({
        status: 1, stdout: '',
        stderr: 'vmsysctld: fuse-native is not installed: npm install --ignore-scripts fuse-native, with -g if vmsysctld is, and apt-get install libfuse2 fuse3\n',
      });
      // As in a container without options: root, but without its capabilities.
      const contained = await sh('exec setpriv --bounding-set=-sys_admin --inh-caps=-sys_admin "$@"', [bin, 'mount', place.mountPoint, '--log', join(place.directory, 'log')]);
      expect(contained).toMatchObject({ status: 1, stdout: '' });
      expect(contained.stderr).toMatch(/^vmsysctld: mounting takes root, in a container with --cap-add SYS_ADMIN --device \/dev\/fuse\. Other users need fuse-native: .*\n$/);
    } finally {
      await place.remove();
    }
  });
});

/** Tests of the model that take a few seconds and run most of it. */
const MODEL = ['test/conformance/memory-failure.test.ts', 'test/conformance/panic.test.ts', 'test/conformance/sysctl-kernel.test.ts', 'test/unit/library.test.ts', 'test/unit/life-cycle.test.ts'];

describe('the model\'s own tests', () => {
  it.each(NODES.slice(1))('pass on Node.js $release', async ({ node }) => {
    const { status, stdout } = await sh('exec "$@"', [node, join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'model', '--project', 'conformance', '--reporter', 'json', ...MODEL], { cwd: ROOT, timeout: 180_000 });
    const { numPassedTests, numFailedTests } = JSON.parse(stdout.slice(stdout.indexOf('{'))) as { numPassedTests: number; numFailedTests: number };
    expect(numFailedTests).toBe(0);
    expect(numPassedTests).toBeGreaterThan(60);
    expect(status).toBe(0);
  }, 200_000);
});
