#!/usr/bin/env node
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { EXEC_SERVICE } from './daemon/exec/exec-service-module.ts';
import { prepareExec } from './daemon/exec/prepare.ts';
import { takeNotifyEnvironment } from './daemon/notify-environment.ts';
import { MACHINE_SERVICE } from './daemon/machine-service-module.ts';
import { probeEarly } from './daemon/mount-point-probe.ts';
import { prepareServingWorker } from './fuse/dev-fuse/serving-worker.ts';

const args = process.argv.slice(2);
// Before anything is started that would inherit it.
const notify = takeNotifyEnvironment(process.env, process.pid);
/** Node.js starts no thread in a current directory that has been removed, which the command line says better. */
function isSomewhere(): boolean {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

// Loading is most of what starting takes: the thread that is to serve does its part of it at the same time.
const worker = args[0] === 'mount' && isSomewhere() ? prepareServingWorker(MACHINE_SERVICE) : undefined;
// So does the process that looks at the mount point, where that comes first.
const probe = args[0] === 'mount' && args[1] !== undefined && /^[^-]/.test(args[1]) ? probeEarly(args[1]) : undefined;
// It is to cost its command no more time than it must.
const prepared = args[0] === 'exec' ? prepareExec(args, EXEC_SERVICE) : undefined;
prepared?.catch(() => undefined);
const { cli } = await import('./cli/cli.ts');

// Whoever reads the output may close the pipe when there was enough; what could not be written otherwise, as on a full disk, is a failure.
let unwritten: NodeJS.ErrnoException | undefined;
let outputGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  outputGone = true;
  if (error.code !== 'EPIPE') unwritten ??= error;
});
process.stderr.on('error', () => undefined);

/** A write to a pipe that is full is kept by Node.js, and process.exit() would drop it: whoever reads slowly is waited for. */
function outputTaken(): Promise<void> | undefined {
  if (outputGone || process.stdout.writableLength === 0) return undefined;
  return new Promise((resolve) => void process.stdout.write('', () => { resolve(); }));
}

let endingSignal: NodeJS.Signals | undefined;
const status = await cli(args, {
  uid: process.geteuid?.() ?? 0,
  env: process.env,
  notify,
  home: homedir(),
  configFile: '/etc/vmsysctld.conf',
  absolute: (path) => resolve(path),
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  stdin: () => process.stdin,
  stdinDescriptor: 0,
  stdinIsTerminal: isatty(0),
  outputIsTerminal: isatty(1),
  outputGone: () => outputGone,
  outputTaken,
  terminal: isatty(2) ? (text) => void process.stderr.write(text) : undefined,
  onCrash: (action) => void process.on('uncaughtException', (error) => void action(error).finally(() => process.exit(1))),
  prepared,
  worker,
  probe,
  onSignal: (signal, action) => void process.on(signal, action),
  endBy: (signal) => { endingSignal = signal; },
});
// The command line may have been wrong.
await prepared?.then((made) => made?.end(), () => undefined);
await outputTaken();
// Errors of standard output come a turn of the event loop after the write.
await new Promise((resolve) => setImmediate(resolve));
if (unwritten) process.stderr.write(`vmsysctld: cannot write to standard output: ${unwritten.message}\n`);
if (endingSignal) {
  process.removeAllListeners(endingSignal);
  process.kill(process.pid, endingSignal);
}
// A native mount may leave threads behind that would hold the process; everything is written by now.
process.exit(unwritten && status === 0 ? 1 : status);
