import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagesAreStale, ROOT } from '../../scripts/setup.mjs';
import { sh } from '../e2e/support/shell.ts';

/** The result of npm pack in a checkout. */
export interface Packed {
  /** The tarball. */
  readonly file: string;
  /** The paths in it, sorted. */
  readonly names: readonly string[];
  /** A directory of its own for the test, in which the tarball lies. */
  readonly directory: string;
  remove(): Promise<void>;
}

/** The parts of a checkout that the package is made from. */
const PACKED_FROM = [
  'src', 'scripts', 'systemd', 'man', 'examples', 'docs', 'package.json', 'package-lock.json', 'tsconfig.json', '.npmrc', 'README.md', 'CHANGELOG.md',
  'CONTRIBUTING.md', 'LICENSE',
];

/** Packs a copy of this checkout, which also builds it: the copy's dist has a file whose source is gone. */
export async function packCopy(): Promise<Packed> {
  // The build would install them through the link, which empties the node_modules of this checkout.
  if (packagesAreStale()) throw new Error('node_modules has other packages than package-lock.json: npm run setup');
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-pack-'));
  const copy = join(directory, 'checkout');
  await mkdir(join(copy, 'dist/library'), { recursive: true });
  for (const name of PACKED_FROM) await cp(join(ROOT, name), join(copy, name), { recursive: true, force: true }).catch(ignoreMissing);
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  await writeFile(join(copy, 'dist/library/gone.js'), '');
  const { status, stdout, stderr } = await sh('npm pack --json --foreground-scripts=false --pack-destination "$1"', [directory], { cwd: copy, timeout: 400_000 });
  if (status !== 0) throw new Error(`npm pack failed: ${stderr}`);
  const [made] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  if (made === undefined) throw new Error(`npm pack made nothing: ${stdout}`);
  await rm(copy, { recursive: true });
  return {
    directory, file: join(directory, made.filename), names: made.files.map(({ path }) => path).sort(),
    remove: () => rm(directory, { recursive: true }),
  };
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Installs a tarball as `npm install` does with these options. npm takes the packages that it needs from its cache, or fetches them. */
export async function npmInstall(prefix: string, options: readonly string[], file: string): Promise<void> {
  await mkdir(prefix, { recursive: true });
  const { status, stderr } = await sh('npm install --prefix "$1" --prefer-offline --no-audit --no-fund --loglevel=error "${@:2}"', [prefix, ...options, file], { timeout: 280_000, cwd: prefix });
  if (status !== 0) throw new Error(`npm install failed: ${stderr}`);
}

