import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sh } from '../../e2e/support/shell.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));
/** Where systemd looks for commands that a unit names without a directory. */
const SEARCHED = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** npm prefers the packages in its cache. */
const INSTALL = `
set -eu
cd "$1"
npm pack --silent --ignore-scripts --pack-destination "$2" >/dev/null
npm install --global --prefix "$3/usr/local" --prefer-offline --no-audit --no-fund --loglevel=error "$2"/vmsysctld-*.tgz
`;

/** The machine's own files. Its fstab is empty, so nothing is mounted that the root's fstab names. */
const FILES: Readonly<Record<string, string>> = {
  'etc/fstab': '',
  'etc/hostname': 'machine\n',
  'etc/machine-id': '76d1b2f4a53c4c2c8f0c6f1f27c5d0ab\n',
  // The place where npm installs the program.
  'root/.npmrc': 'prefix=/usr/local\n',
};

/** Fills a directory with what the machine has besides its root: the program as npm installs it. @throws Error with the output of npm */
export async function fillLayer(layer: string, work: string): Promise<void> {
  const bin = join(layer, 'usr/local/bin');
  await mkdir(bin, { recursive: true });
  const { status, stderr } = await sh(INSTALL, [CHECKOUT, work, layer], { timeout: 200_000 });
  if (status !== 0) throw new Error(`npm cannot install the program's package: ${stderr.trim()}`);
  if (!SEARCHED.some((directory) => process.execPath === join(directory, 'node'))) await symlink(process.execPath, join(bin, 'node'));
  for (const [name, content] of Object.entries(FILES)) {
    await mkdir(join(layer, name, '..'), { recursive: true });
    await writeFile(join(layer, name), content);
  }
}
