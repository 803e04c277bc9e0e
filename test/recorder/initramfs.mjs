// The root filesystem of the machine that records: busybox, the kernel's modules, one script, and the programs and files that the script
// uses.
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from './run.mjs';
import { findTool } from './tools.mjs';

const DIRECTORIES = ['bin', 'proc', 'sys', 'dev', 'tmp', 'mnt', 'ram', 'modules'];

/**
 * Writes the initramfs of a boot to `path`. `files` are contents by name, `programs` paths of programs by name. Both are in its root
 * directory. `modules` are names of kernel modules. They are in its directory /more-modules, and the script loads them. Root owns
 * everything in it, no matter which user makes it.
 */
export async function makeInitramfs(path, kernel, { script, files = {}, programs = {}, modules = [] }, signal) {
  const root = `${path}.root`;
  for (const name of DIRECTORIES) mkdirSync(join(root, name), { recursive: true });
  copyFileSync(findTool('busybox'), join(root, 'bin/busybox'));
  cpSync(kernel.modules, join(root, 'modules'), { recursive: true });
  if (modules.length > 0) cpSync(await kernel.moreModules(modules), join(root, 'more-modules'), { recursive: true });
  copyFileSync(new URL('guest/init.sh', import.meta.url), join(root, 'init'));
  chmodSync(join(root, 'init'), 0o755);
  writeFileSync(join(root, 'script'), script);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content, 'latin1');
  for (const [name, source] of Object.entries(programs)) copyFileSync(source, join(root, name));
  const names = await run('find', ['.'], { cwd: root, signal });
  await run('cpio', ['--quiet', '-o', '-H', 'newc', '-R', '0:0', '-O', `${path}.cpio`], { cwd: root, input: names, signal });
  writeFileSync(path, gzipSync(readFileSync(`${path}.cpio`), { level: 1 }));
}
