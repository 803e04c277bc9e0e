// What the bench needs besides the project itself: a C compiler, libfuse3 with its headers, taskset, sysctl, lxcfs. As root with apt-get it
// installs them. It leaves out what is still missing, and reports that loudly.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const HERE = fileURLToPath(new URL('.', import.meta.url));

export const say = (text) => { process.stderr.write(`bench: ${text}\n`); };

function works(command, ...commandArguments) {
  const { status, error } = spawnSync(command, commandArguments, { stdio: 'ignore' });
  return error === undefined && status === 0;
}

/** What is needed, how to see that it is there, and the Debian packages that have it. */
const NEEDS = [
  { name: 'gcc', there: () => works('gcc', '--version'), packages: ['gcc', 'libc6-dev'] },
  { name: 'taskset', there: () => works('taskset', '--version'), packages: ['util-linux'] },
  { name: 'libfuse3', there: () => works('pkg-config', '--exists', 'fuse3 >= 3.12'), packages: ['libfuse3-dev', 'pkg-config', 'fuse3'] },
  { name: 'sysctl', there: () => works('sysctl', '--version'), packages: ['procps'] },
  { name: 'lxcfs', there: () => works('lxcfs', '--version'), packages: ['lxcfs'] },
];

function aptGet(...commandArguments) {
  return works('env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...commandArguments);
}

/** Installs what is missing, as far as possible. Returns the names of what is there. */
export function installNeeds() {
  const missing = NEEDS.filter(({ there }) => !there());
  let listed = false;
  for (const { name, there, packages } of missing) {
    const install = () => aptGet('install', '-q', '-y', '--no-install-recommends', ...packages);
    if (process.geteuid() === 0) {
      say(`installing ${packages.join(' ')} (apt-get)`);
      if (!install() && !listed) {
        listed = aptGet('update', '-q');
        install();
      }
    }
    if (!there()) say(`!!! ${name} IS MISSING, and is left out: apt-get install ${packages.join(' ')}`);
  }
  return new Set(NEEDS.filter(({ there }) => there()).map(({ name }) => name));
}

/** Compiles a C program of this directory into `directory`: its path. @throws Error with the output of gcc */
export function compile(name, directory, ...options) {
  const program = join(directory, name);
  const { status, stderr } = spawnSync('gcc', ['-O2', '-Wall', '-Werror', '-o', program, join(HERE, `${name}.c`), ...options], { encoding: 'utf8' });
  if (status !== 0 || !existsSync(program)) throw new Error(`gcc could not compile ${name}.c:\n${stderr}`);
  return program;
}

/** Puts a JavaScript program of this directory, with what it imports from src, into one file in `directory`: its path. */
export async function bundle(name, directory) {
  const program = join(directory, `${name}.mjs`);
  const bundled = await rolldown({ input: join(HERE, `${name}.mjs`), platform: 'node', logLevel: 'warn' });
  await bundled.write({ file: program, format: 'es' });
  await bundled.close();
  return program;
}

export function fuse3Options() {
  return spawnSync('pkg-config', ['--cflags', '--libs', 'fuse3'], { encoding: 'utf8' }).stdout.trim().split(/\s+/);
}
