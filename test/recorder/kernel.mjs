// A kernel on disk: fetched, found, and its modules made ready to load.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { run } from './run.mjs';

/** What the scripts need that Debian builds as modules: a disk, a file system on it, the hwpoison directory of debugfs. */
const MODULES = ['virtio_blk', 'ext4', 'hwpoison-inject'];

const UNPACK = {
  '.ko': async (path) => readFileSync(path),
  '.gz': async (path) => gunzipSync(readFileSync(path)),
  '.xz': (path, signal) => run('xz', ['-dc', path], { signal }),
  '.zst': (path, signal) => run('zstd', ['-dc', path], { signal }),
};

/** Unpacks a Debian kernel into a directory, with the machine's own apt. */
export async function fetchKernel(directory, suite, version, signal) {
  const script = fileURLToPath(new URL('fetch-kernel.sh', import.meta.url));
  try {
    await run('sh', [script, directory, suite, version], { signal });
  } catch (error) {
    throw signal.aborted ? error : new Error(error.message.replace(/^sh failed: /, ''));
  }
}

/** The kernel in a directory: its version, the name its recordings bear, its image, and its modules in the order of loading. */
export async function openKernel(directory, work, signal) {
  const image = join(resolve(directory), 'vmlinuz');
  const root = join(directory, 'lib/modules');
  const versions = existsSync(root) ? readdirSync(root) : [];
  if (!existsSync(image) || versions.length !== 1) throw new Error(`${directory} is no kernel: it wants vmlinuz and one lib/modules/VERSION`);
  const [version] = versions;
  const modules = join(work, 'modules');
  mkdirSync(modules);
  const paths = [];
  for (const name of MODULES) paths.push(...(await modulePaths(directory, version, name, signal)));
  const unique = [...new Set(paths)];
  for (const [n, path] of unique.entries()) {
    const unpack = UNPACK[/\.\w+$/.exec(path)?.[0]];
    if (unpack === undefined) throw new Error(`${path} is a module packed in a way this recorder does not know`);
    const name = basename(path).replace(/\.ko.*$/, '.ko');
    writeFileSync(join(modules, `${String(n).padStart(2, '0')}-${name}`), await unpack(path, signal));
  }
  return { version, release: releaseOf(version), image, modules };
}

/** What recordings of a kernel are named by: 7.3 of 7.3-amd64, 6.12 of 6.12.43+deb13-amd64. */
export function releaseOf(version) {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** A module and what it depends on, in the order of loading. What is built in has no path. */
async function modulePaths(directory, version, name, signal) {
  const lines = (await run('modprobe', ['-d', resolve(directory), '-S', version, '--show-depends', name], { signal })).toString().split('\n');
  return lines.flatMap((line) => /^insmod (\S+)/.exec(line)?.[1] ?? []);
}
