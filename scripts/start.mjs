// npm start: does the set-up, then runs the program in this same process, so that signals reach it. With arguments it is the program itself
// (npm start -- mount /mnt --profile 7.3). Without any, it mounts on a directory of its own, and prints what to try.
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, setupOrExit } from './setup.mjs';

function fail(text) {
  process.stderr.write(`start: ${text}\n`);
  process.exit(1);
}

/** The default mount point: among the run-time files of root or of the session, otherwise in a directory of this user below /tmp. */
function defaultMountPoint() {
  const uid = process.geteuid();
  if (uid === 0) return '/run/vmsysctld/mnt';
  const session = process.env.XDG_RUNTIME_DIR;
  return session ? join(session, 'vmsysctld/mnt') : join(tmpdir(), `vmsysctld-${uid}`, 'mnt');
}

/** Makes the mount point in a directory of this user, and never touches a mount that a killed daemon may have left on it. */
function makeMountPoint(mountPoint) {
  const parent = dirname(mountPoint);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const status = lstatSync(parent);
  if (!status.isDirectory() || status.uid !== process.geteuid()) fail(`${parent} is not a directory of this user: name a mount point yourself`);
  try {
    mkdirSync(mountPoint, { mode: 0o755 });
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

let programArguments = process.argv.slice(2);
// Root mounts without libfuse.
setupOrExit({ libraries: process.geteuid() !== 0 && (programArguments[0] ?? 'mount') === 'mount' });
if (programArguments.length === 0) {
  const mountPoint = defaultMountPoint();
  try {
    makeMountPoint(mountPoint);
  } catch (error) {
    fail(`cannot make ${mountPoint}: ${error.message}`);
  }
  programArguments = ['mount', mountPoint, '--hints'];
}
const program = join(ROOT, 'dist/main.js');
process.argv = [process.argv[0], program, ...programArguments];
await import(pathToFileURL(program).href);
