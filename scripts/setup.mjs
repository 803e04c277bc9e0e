// Makes a fresh checkout ready to run: npm packages, the system's FUSE libraries, the compiled program. Does nothing, quickly, when all is
// there. Run it (node scripts/setup.mjs) or import setup(). It reports on stderr, and leaves stdout to the caller.
import { spawnSync } from 'node:child_process';
import {
  cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, utimesSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The reason why the set-up stops, in one line for the user. */
export class SetupError extends Error {
  name = 'SetupError';
}

const say = (text) => { process.stderr.write(`setup: ${text}\n`); };

/** Runs a command, with its output on stderr. Returns the exit status, or 127 if there is no such command. */
function run(command, commandArguments, cwd = ROOT) {
  const { status, error } = spawnSync(command, commandArguments, { cwd, stdio: ['ignore', 2, 2] });
  return error === undefined ? (status ?? 1) : 127;
}

function inPath(command) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => directory !== '' && existsSync(join(directory, command)));
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * Whether node_modules has other packages than the lockfile wants. npm keeps a second lockfile there with what it installed. The two are
 * compared by version and integrity, because their times mean nothing after a git checkout. Optional packages may be missing: npm leaves
 * out those of other platforms.
 */
export function packagesAreStale(root = ROOT) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const installed = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (wanted === undefined) return false;
  if (installed === undefined) return true;
  return Object.entries(wanted).some(([place, { version, integrity, optional, devOptional, peer }]) => {
    if (place === '') return false;
    const there = installed[place];
    if (there === undefined) return !(optional || devOptional || peer);
    return there.version !== version || there.integrity !== integrity || !existsSync(join(root, place));
  }) || Object.keys(installed).some((place) => wanted[place] === undefined);
}

/**
 * Installs the npm packages, without running their scripts. Only fuse-native has one: it checks that its own build loads here, or compiles.
 * Users install fuse-native themselves if they want it. Here it is always installed, since the tests need it.
 */
export function installPackages() {
  say('installing the npm packages (npm ci)');
  const status = run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
  if (status !== 0) throw new SetupError(`npm ci failed with status ${status}: run it by hand in ${ROOT} to see why`);
}

const LIBRARY_DIRECTORIES = [
  '/lib', '/usr/lib', '/lib64', '/usr/lib64', '/usr/local/lib', '/lib/x86_64-linux-gnu', '/usr/lib/x86_64-linux-gnu',
  '/lib/aarch64-linux-gnu', '/usr/lib/aarch64-linux-gnu',
];

function hasLibfuse2() {
  if (LIBRARY_DIRECTORIES.some((directory) => existsSync(join(directory, 'libfuse.so.2')))) return true;
  const { stdout } = spawnSync('ldconfig', ['-p'], { encoding: 'utf8', env: { ...process.env, PATH: `${process.env.PATH ?? ''}:/sbin:/usr/sbin` } });
  return /^\s*libfuse\.so\.2\b/m.test(stdout ?? '');
}

/** What is needed from the system: version 2 of libfuse for fuse-native, and `fusermount`, which it calls unless it runs as root. */
function missingLibraries() {
  return [...(hasLibfuse2() ? [] : ['libfuse.so.2']), ...(inPath('fusermount') ? [] : ['fusermount'])];
}

/** The command of each package manager that installs missing packages. apt-get comes first: only it is run from here. */
const PACKAGE_MANAGERS = [
  { command: 'apt-get', install: 'apt-get install -y', packages: { 'libfuse.so.2': 'libfuse2', fusermount: 'fuse3' } },
  { command: 'dnf', install: 'dnf install -y', packages: { 'libfuse.so.2': 'fuse-libs', fusermount: 'fuse' } },
  { command: 'zypper', install: 'zypper install -y', packages: { 'libfuse.so.2': 'libfuse2', fusermount: 'fuse' } },
  { command: 'pacman', install: 'pacman -S --noconfirm', packages: { 'libfuse.so.2': 'fuse2', fusermount: 'fuse2' } },
];

/** The name of a package for apt on this system: since the move to 64-bit times Ubuntu calls libfuse2 libfuse2t64. */
function aptCandidate(name) {
  for (const candidate of [name, `${name}t64`]) {
    const { stdout } = spawnSync('apt-cache', ['policy', candidate], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
    if (/Candidate: (?!\(none\))/.test(stdout ?? '')) return candidate;
  }
  return undefined;
}

/** Runs apt-get, and shows its output only if it fails. Returns whether it succeeded. */
function aptGet(...commandArguments) {
  const { status, stdout, stderr } = spawnSync('apt-get', commandArguments, {
    encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) process.stderr.write(`${stdout ?? ''}${stderr ?? ''}`);
  return status === 0;
}

function installLibraries(missing) {
  const manager = PACKAGE_MANAGERS.find(({ command }) => inPath(command)) ?? PACKAGE_MANAGERS[0];
  const byApt = manager.command === 'apt-get' && inPath('apt-get');
  const packages = [...new Set(missing.map((thing) => manager.packages[thing]))];
  const names = () => packages.map((name) => (byApt && aptCandidate(name)) || name);
  const asRoot = process.geteuid() === 0;
  if (!byApt || !asRoot) {
    throw new SetupError(`${missing.join(' and ')} missing, run: ${asRoot ? '' : 'sudo '}${manager.install} ${names().join(' ')}`);
  }
  say(`installing ${packages.join(' ')} (apt-get)`);
  const install = () => aptGet('install', '-q', '-y', '--no-install-recommends', ...names());
  // If there are no lists of packages, or only old ones that name missing versions, they are fetched first.
  const listed = packages.every((name) => aptCandidate(name) !== undefined);
  if (!((listed && install()) || (aptGet('update', '-q') && install()))) {
    throw new SetupError(`apt-get failed, run: apt-get update && apt-get install -y ${packages.join(' ')}`);
  }
  const still = missingLibraries();
  if (still.length > 0) throw new SetupError(`${still.join(' and ')} still missing after installing ${packages.join(' ')}`);
}

/** Tools that single tests need: the command that they look for, and its Debian package. Without it those tests are skipped. */
const TEST_TOOLS = {
  chromium: 'chromium', mandoc: 'mandoc', man: 'man-db', 'systemd-analyze': 'systemd', busybox: 'busybox-static', rasdaemon: 'rasdaemon', 'trace-cmd': 'trace-cmd',
  ip: 'iproute2', dmidecode: 'dmidecode',
};

/** Packages of Debian 13, unpacked: rasdaemon, with the libraries of Debian 12's, which the package rasdaemon brings; and an exporter of metrics. */
export const DEBIAN_13 = join(ROOT, 'node_modules/.cache/debian-13');
const DEBIAN_13_PACKAGES = ['rasdaemon', 'prometheus-node-exporter'];

/** Prints a line in a frame, which is seen among much output. */
function printLoudly(line) {
  const bar = '!'.repeat(line.length + 4);
  process.stderr.write(`\n${bar}\n! ${line} !\n${bar}\n\n`);
}

/** Unpacks what tests need of Debian 13. Installed, it would start services, or replace what is there. */
function fetchDebian13() {
  if (existsSync(DEBIAN_13)) return;
  say(`fetching ${DEBIAN_13_PACKAGES.join(' and ')} of Debian 13 for the tests (apt-get)`);
  const { status, stderr } = spawnSync('sh', [join(ROOT, 'scripts/fetch-debian-packages.sh'), DEBIAN_13, 'trixie', ...DEBIAN_13_PACKAGES], { encoding: 'utf8' });
  if (status !== 0) printLoudly(`SKIPPED: every test of rasdaemon of Debian 13 (${(stderr ?? '').trim() || 'it could not be fetched'})`);
}

/**
 * Tries to install what single tests need. It reports loudly what cannot be installed, and continues. `more` has further tools, like
 * TEST_TOOLS.
 */
export function installTestTools(more = {}) {
  for (const [command, name] of Object.entries({ ...TEST_TOOLS, ...more })) {
    if (inPath(command)) continue;
    const canInstall = process.geteuid() === 0 && inPath('apt-get');
    if (canInstall) say(`installing ${name} for the tests (apt-get)`);
    const install = () => aptGet('install', '-q', '-y', '--no-install-recommends', name);
    if (canInstall && ((aptCandidate(name) !== undefined && install()) || (aptGet('update', '-q') && install()))) continue;
    printLoudly(`SKIPPED: every test that needs ${command} (${canInstall ? `${name} could not be installed` : `not there: install ${name}`})`);
  }
  fetchDebian13();
}

/** The latest time at which anything below a directory changed, in milliseconds. A directory changes when a name is added or removed. */
function newestChange(path) {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined) return 0;
  if (!status.isDirectory()) return status.mtimeMs;
  return readdirSync(path).reduce((newest, name) => Math.max(newest, newestChange(join(path, name))), status.mtimeMs);
}

/** Whether dist is missing or older than its sources. Its own time is set to the start of its build. */
export function buildIsStale(root = ROOT) {
  const built = statSync(join(root, 'dist'), { throwIfNoEntry: false });
  return built === undefined || ['src', 'scripts/bundle.mjs', 'scripts/wat.mjs', 'tsconfig.json', 'package-lock.json'].some((name) => newestChange(join(root, name)) > built.mtimeMs);
}

/**
 * Checks src with tsc, and bundles it into dist. `build/` has every module by itself, for tests that run one module in another process, but no
 * WebAssembly: replay's scanner is only in the bundle.
 * Both are replaced only when the new ones are complete. So a failed build breaks nothing, and a running program never sees half of one.
 */
export function build(root = ROOT) {
  say('compiling src into dist (tsc, rolldown)');
  const begun = new Date();
  const fresh = join(root, `dist.${process.pid}.new`);
  const modules = join(fresh, 'build');
  const dist = join(fresh, 'dist');
  const replaced = join(fresh, 'replaced');
  try {
    mkdirSync(replaced, { recursive: true });
    if (run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json', '--outDir', modules], root) !== 0) {
      throw new SetupError('tsc found errors in src, see above');
    }
    // The declarations. package.json lists those that are public.
    cpSync(modules, dist, { recursive: true, filter: (path) => statSync(path).isDirectory() || path.endsWith('.d.ts') });
    if (run(process.execPath, [join(root, 'scripts/bundle.mjs'), dist], root) !== 0) throw new SetupError('rolldown could not bundle src, see above');
    utimesSync(dist, begun, begun);
    for (const [made, name] of [[modules, 'build'], [dist, 'dist']]) {
      if (existsSync(join(root, name))) renameSync(join(root, name), join(replaced, name));
      renameSync(made, join(root, name));
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Runs the steps, on request without those for fuse-native's libraries. @throws SetupError with one line for the user */
export function setup({ libraries = true } = {}) {
  if (packagesAreStale()) installPackages();
  const missing = libraries ? missingLibraries() : [];
  if (missing.length > 0) installLibraries(missing);
  if (buildIsStale()) build();
}

/** Does a part of the set-up for a script. An error prints one line, and ends the process with status 1. */
export function exitOnSetupError(work) {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

/** Does all of the set-up, or without libraries. */
export function setupOrExit(options) {
  exitOnSetupError(() => { setup(options); });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setupOrExit();
