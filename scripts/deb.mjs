// npm run deb [-- DIRECTORY]: makes the Debian package DIRECTORY/vmsysctld_VERSION_all.deb (in the checkout, if no directory is given) and prints its path.
// It takes what npm pack would take, the packages that `dependencies` in package.json needs, and the files of packaging/debian. dpkg-deb packs them.
// fuse-native stays out: users who want it install it themselves. DEBFULLNAME and DEBEMAIL name the maintainer, as for Debian's own tools.
// SOURCE_DATE_EPOCH sets the time of all files; without it this is the time of the last commit. So the same commit gives the same package.
import { spawnSync } from 'node:child_process';
import {
  chmodSync, cpSync, lstatSync, lutimesSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { dirname, extname, join, relative, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, buildIsStale, exitOnSetupError, installPackages, packagesAreStale, ROOT, SetupError } from './setup.mjs';

const LIBRARY = 'usr/lib/vmsysctld';
const DOCUMENTATION = 'usr/share/doc/vmsysctld';
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Runs a command. @returns {string} what it prints. @throws SetupError if it fails */
function output(command, commandArguments, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, commandArguments, { cwd: ROOT, encoding: 'utf8', ...options });
  if (error?.code === 'ENOENT') throw new SetupError(`${command} missing, run: apt-get install ${command === 'dpkg-deb' ? 'dpkg' : command}`);
  if (status !== 0) throw new SetupError(`${command} ${commandArguments[0]} failed: ${(stderr ?? '').trim()}`);
  return stdout;
}

/** The time that all files get, in seconds. */
function sourceDate() {
  if (process.env.SOURCE_DATE_EPOCH !== undefined) return Number(process.env.SOURCE_DATE_EPOCH);
  const { status, stdout } = spawnSync('git', ['log', '-1', '--format=%ct'], { cwd: ROOT, encoding: 'utf8' });
  return status === 0 ? Number(stdout) : Math.floor(lstatSync(join(ROOT, 'package.json')).mtimeMs / 1000);
}

const maintainer = `${process.env.DEBFULLNAME ?? userInfo().username} <${process.env.DEBEMAIL ?? `${userInfo().username}@${hostname()}`}>`;

/** @returns {string[]} the paths in node_modules of the packages that `dependencies` needs, and that those need in turn */
function neededPackages() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const found = new Set();
  const visit = (place, { dependencies = {} }) => {
    for (const name of Object.keys(dependencies)) {
      // As Node.js looks: in the node_modules of the package itself, then in those further out.
      let outer = place;
      while (outer !== '' && packages[`${outer}/node_modules/${name}`] === undefined) outer = outer.slice(0, Math.max(outer.lastIndexOf('/node_modules/'), 0));
      const path = outer === '' ? `node_modules/${name}` : `${outer}/node_modules/${name}`;
      if (packages[path] === undefined) throw new SetupError(`package-lock.json lacks ${name}, which ${place || 'package.json'} needs`);
      if (found.has(path)) continue;
      found.add(path);
      visit(path, packages[path]);
    }
  };
  visit('', packages['']);
  return [...found].sort();
}

/** Files of a package that run, by their ending. The rest is documentation, types and source maps. */
const RUNS = new Set(['.js', '.cjs', '.mjs', '.json', '.wasm', '.node']);
/** Directories of packages that hold no code of the library, and files of the packages' own tools. */
const LEFT_OUT = new RegExp('^node_modules/.*/(?:(?:\\.github|benchmarks?|browser|docs?|examples?|fixtures|scripts|tests?|__tests__)/'
  + '|(?:bench|benchmark|bin|browser|check|eslint\\.config|example|test|tsconfig)\\.[a-z]+$)');

function isNeeded(path) {
  return RUNS.has(extname(path)) && !LEFT_OUT.test(path);
}

/** @returns {string[]} the files at or below a path, relative to the checkout */
function filesAt(path) {
  return readdirSync(join(ROOT, path), { withFileTypes: true }).flatMap((entry) => {
    const name = `${path}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesAt(name);
    return entry.isFile() ? [name] : [];
  });
}

/** The packages that scripts/bundle.mjs puts into files of ours. */
const BUNDLED = ['node_modules/yargs-parser', 'node_modules/chart.js', 'node_modules/@kurkle/color'];

/** What Debian wants to know of licences: ours, and those of the packages inside, each in full. */
function copyright(packages) {
  const licenceOf = (path) => readdirSync(join(ROOT, path)).find((name) => /^(?:licen[cs]e|copying)/i.test(name));
  const parts = [...packages, ...BUNDLED].map((path) => {
    const { name, version: packaged, license } = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8'));
    const file = licenceOf(path);
    const text = file === undefined ? `License: ${license}` : readFileSync(join(ROOT, path, file), 'utf8').trim();
    const place = BUNDLED.includes(path) ? 'dist/chunks' : path;
    return `/${LIBRARY}/${place}: ${name} ${packaged} from npm\n\n${text}\n`;
  });
  const line = `\n${'-'.repeat(78)}\n\n`;
  return `vmsysctld ${version}\n\n${readFileSync(join(ROOT, 'LICENSE'), 'utf8').trim()}\n${line}${parts.join(line)}`;
}

/** Sets the time and the mode of everything below a directory. @returns {number} the kibibytes that it takes */
function settle(directory, seconds) {
  let size = 0;
  for (const name of [...readdirSync(directory), '']) {
    const path = join(directory, name);
    const status = lstatSync(path);
    if (name !== '' && status.isDirectory()) {
      size += settle(path, seconds);
      continue;
    }
    size += Math.max(1, Math.ceil(status.size / 1024));
    if (!status.isSymbolicLink()) chmodSync(path, status.isDirectory() || (status.mode & 0o111) !== 0 ? 0o755 : 0o644);
    lutimesSync(path, seconds, seconds);
  }
  return size;
}

/** Makes the package in a directory. @returns {string} its path */
function makePackage(directory) {
  if (packagesAreStale()) installPackages();
  if (buildIsStale()) build();
  const work = mkdtempSync(join(tmpdir(), 'vmsysctld-deb-'));
  const root = join(work, 'root');
  const seconds = sourceDate();
  const put = (name, content, mode = 0o644) => {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
    chmodSync(join(root, name), mode);
  };
  const copy = (from, to) => { cpSync(join(ROOT, from), join(root, to), { recursive: true, dereference: true }); };
  const compressed = (text) => gzipSync(text, { level: 9 });
  try {
    const [{ files }] = JSON.parse(output('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']));
    const packed = files.map(({ path }) => path);
    for (const path of packed.filter((name) => name === 'package.json' || name.startsWith('dist/'))) copy(path, join(LIBRARY, path));
    const packages = neededPackages();
    for (const path of packages.flatMap(filesAt).filter(isNeeded)) put(join(LIBRARY, path), readFileSync(join(ROOT, path)));
    // Debian's scripts name their interpreter by its path.
    put(join(LIBRARY, 'dist/main.js'), readFileSync(join(ROOT, 'dist/main.js'), 'utf8').replace(/^#!.*/, '#!/usr/bin/node'), 0o755);
    mkdirSync(join(root, 'usr/bin'));
    symlinkSync('../lib/vmsysctld/dist/main.js', join(root, 'usr/bin/vmsysctld'));

    for (const name of packed.filter((path) => path.startsWith('man/'))) put(`usr/share/man/man${name.at(-1)}/${name.slice(4)}.gz`, compressed(readFileSync(join(ROOT, name))));
    for (const name of packed.filter((path) => path.startsWith('docs/') || path === 'README.md')) copy(name, join(DOCUMENTATION, name));
    for (const name of packed.filter((path) => path.startsWith('examples/'))) copy(name, join(DOCUMENTATION, name));
    for (const name of packed.filter((path) => path.startsWith('systemd/examples/'))) copy(name, join(DOCUMENTATION, 'examples/systemd', name.slice('systemd/examples/'.length)));
    for (const name of packed.filter((path) => /^systemd\/.*\.service$/.test(path))) copy(name, join('usr/lib/systemd/system', name.slice('systemd/'.length)));
    copy('systemd/vmsysctld.sysusers', 'usr/lib/sysusers.d/vmsysctld.conf');
    put('usr/share/bash-completion/completions/vmsysctld', output(process.execPath, ['dist/main.js', 'completion', 'bash']));
    copy('packaging/debian/lintian-overrides', 'usr/share/lintian/overrides/vmsysctld');
    put(join(DOCUMENTATION, 'copyright'), copyright(packages));
    put(join(DOCUMENTATION, 'changelog.gz'), compressed(readFileSync(join(ROOT, 'CHANGELOG.md'))));
    const date = new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
    put(join(DOCUMENTATION, 'changelog.Debian.gz'), compressed(`vmsysctld (${version}-1) unstable; urgency=medium\n\n  * Packaged from the sources.\n\n -- ${maintainer}  ${date}\n`));

    const size = settle(root, seconds);
    const control = readFileSync(join(ROOT, 'packaging/debian/control'), 'utf8');
    put('DEBIAN/control', control.replace('@VERSION@', `${version}-1`).replace('@MAINTAINER@', maintainer).replace('@SIZE@', String(size)));
    for (const script of ['postinst', 'prerm', 'postrm']) put(join('DEBIAN', script), readFileSync(join(ROOT, 'packaging/debian', script)), 0o755);
    const installed = output('find', ['usr', '-type', 'f'], { cwd: root }).trim().split('\n').sort();
    put('DEBIAN/md5sums', output('md5sum', installed, { cwd: root }));
    settle(root, seconds);

    const file = join(directory, `vmsysctld_${version}-1_all.deb`);
    mkdirSync(directory, { recursive: true });
    output('dpkg-deb', ['--build', '--root-owner-group', root, file], { env: { ...process.env, SOURCE_DATE_EPOCH: String(seconds) } });
    return file;
  } finally {
    rmSync(work, { recursive: true });
  }
}

exitOnSetupError(() => {
  const file = makePackage(resolve(process.argv[2] ?? ROOT));
  process.stdout.write(`${relative(process.cwd(), file)}\n`);
});
