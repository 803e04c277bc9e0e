// A kernel on disk: this file downloads it, finds its parts, and prepares its modules for loading.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { run } from './run.mjs';

/** What the scripts need and Debian builds as modules: a disk, a filesystem on it, the hwpoison directory of debugfs. */
const MODULES = ['virtio_pci', 'virtio_blk', 'ext4', 'hwpoison-inject'];

const UNPACK = {
  '.ko': async (path) => readFileSync(path),
  '.gz': async (path) => gunzipSync(readFileSync(path)),
  '.xz': (path, signal) => run('xz', ['-dc', path], { signal }),
  '.zst': (path, signal) => run('zstd', ['-dc', path], { signal }),
};

/** Unpacks a Debian kernel into a directory, with apt of this machine. */
export async function fetchKernel(directory, suite, version, signal) {
  const script = fileURLToPath(new URL('fetch-kernel.sh', import.meta.url));
  try {
    await run('sh', [script, directory, suite, version], { signal });
  } catch (error) {
    throw signal.aborted ? error : new Error(error.message.replace(/^sh failed: /, ''));
  }
}

/**
 * The kernel in a directory: its version, the name of its recordings, its image, and the directory of its modules, with names in the order
 * of loading. `moreModules(names)` makes another such directory. It lacks modules that this kernel does not have.
 */
export async function openKernel(directory, work, signal) {
  const image = join(resolve(directory), 'vmlinuz');
  const root = join(directory, 'lib/modules');
  const versions = existsSync(root) ? readdirSync(root) : [];
  if (!existsSync(image) || versions.length !== 1) throw new Error(`${directory} is not a kernel: it wants vmlinuz and one lib/modules/VERSION`);
  const [version] = versions;
  const loaded = await modulePaths(directory, version, MODULES, signal);
  const modules = join(work, 'modules');
  await unpackModules(loaded, modules, signal);
  const moreModules = async (names) => {
    const place = join(work, 'more-modules');
    const listed = await run('find', [join(root, version), '-name', '*.ko*', '-printf', '%f\n'], { signal });
    const present = new Set(listed.toString().split('\n').map(moduleName));
    const paths = await modulePaths(directory, version, names.filter((name) => present.has(name)), signal);
    rmSync(place, { recursive: true, force: true });
    await unpackModules(paths.filter((path) => !loaded.includes(path)), place, signal);
    return place;
  };
  return { version, release: releaseOf(version), image, modules, moreModules };
}

function moduleName(path) {
  return basename(path).replace(/\.ko.*$/, '');
}

async function unpackModules(paths, place, signal) {
  mkdirSync(place);
  for (const [n, path] of paths.entries()) {
    const unpack = UNPACK[/\.\w+$/.exec(path)?.[0]];
    if (unpack === undefined) throw new Error(`${path} is a module packed in a way this recorder does not know`);
    writeFileSync(join(place, `${String(n).padStart(3, '0')}-${moduleName(path)}.ko`), await unpack(path, signal));
  }
}

/** The name of a kernel's recordings: 7.3 for 7.3-amd64, 6.12 for 6.12.43+deb13-amd64. */
export function releaseOf(version) {
  return /^\d+\.\d+/.exec(version)?.[0] ?? version;
}

/** Modules and those that they need, each once, in the order of loading. Built-in ones have no path. */
async function modulePaths(directory, version, names, signal) {
  const paths = new Set();
  for (const name of names) {
    const lines = (await run('modprobe', ['-d', resolve(directory), '-S', version, '--show-depends', name], { signal })).toString().split('\n');
    for (const line of lines) {
      const path = /^insmod (\S+)/.exec(line)?.[1];
      if (path !== undefined) paths.add(path);
    }
  }
  return [...paths];
}
