import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sh } from '../e2e/support/shell.ts';

/** Where they are unpacked, once for each checkout. A checkout may fill its node_modules. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url));

/**
 * Releases of Node.js on which the program is tested, besides the one that runs the tests: the oldest supported one, and the newer lines.
 */
export const NODE_RELEASES = ['20.19.0', '22.23.3', '24.21.0', '26.12.1'] as const;

/** npm has the binaries of nodejs.org, as the packages that make up the package `node`. Files that are not needed are removed. */
const FETCH = `
set -eu
root=$1; name=$2; release=$3
rm -rf "$root"; mkdir -p "$root/npm"
npm install --prefix "$root/npm" --ignore-scripts --no-save --no-package-lock --no-audit --no-fund --loglevel=error "$name@$release"
mkdir "$root/bin"; mv "$root/npm/node_modules/$name/bin/node" "$root/bin/node"; rm -rf "$root/npm"
test "$("$root/bin/node" --version)" = "v$release"
touch "$root/complete"
`;

/** The program of a release, or why it is not available. */
export async function nodeRelease(release: (typeof NODE_RELEASES)[number]): Promise<{ readonly node: string } | { readonly missing: string }> {
  const root = `${CACHE}/${release}`;
  const found = { node: `${root}/bin/node` };
  if (existsSync(`${root}/complete`)) return found;
  try {
    const { status, stderr } = await sh(FETCH, [root, `node-linux-${process.arch}`, release], { timeout: 200_000 });
    return status === 0 ? found : { missing: stderr.trim().split('\n').at(-1) ?? '' };
  } catch (error) {
    return { missing: (error as Error).message.split('\n', 1)[0] ?? '' };
  }
}
