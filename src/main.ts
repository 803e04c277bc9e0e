#!/usr/bin/env node
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { cli } from './cli/cli.ts';
import { failures } from './cli/exit-status.ts';
import { inheritedDescriptors, tooFewDescriptors } from './daemon/descriptor-limit.ts';
import { takeNotifyEnvironment } from './daemon/notify-environment.ts';

const args = process.argv.slice(2);

const why = tooFewDescriptors();
if (why !== undefined) {
  process.stderr.write(`vmsysctld: ${why}\n`);
  process.exit(failures(args).failed);
}
// Before this program opens its own descriptors.
const descriptors = args[0] === 'exec' ? inheritedDescriptors() : [];
// Before anything starts that would inherit the variables.
const notify = takeNotifyEnvironment(process.env, process.pid);

// The reader of the output may close the pipe early. Any other failed write, as on a full disk, is a failure of the program.
let unwritten: NodeJS.ErrnoException | undefined;
let outputGone = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  outputGone = true;
  if (error.code !== 'EPIPE') unwritten ??= error;
});
process.stderr.on('error', () => undefined);

/** Waits for a slow reader: Node.js buffers a write to a full pipe, and process.exit() would drop it. */
function outputTaken(): Promise<void> | undefined {
  if (outputGone || process.stdout.writableLength === 0) return undefined;
  return new Promise((resolve) => void process.stdout.write('', () => { resolve(); }));
}

let endingSignal: NodeJS.Signals | number | undefined;
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
  onCrash: (action) => void process.on('uncaughtException', (error) => {
    const end = (): never => process.exit(1);
    action(error).then(end, end);
  }),
  descriptors,
  onSignal: (signal, action) => void process.on(signal, action),
  endBy: (signal) => { endingSignal = signal; },
});
await outputTaken();
// Errors of standard output arrive one turn of the event loop after the write.
await new Promise((resolve) => setImmediate(resolve));
if (unwritten) process.stderr.write(`vmsysctld: cannot write to standard output: ${unwritten.message}\n`);
if (endingSignal) {
  if (typeof endingSignal === 'string') process.removeAllListeners(endingSignal);
  process.kill(process.pid, endingSignal);
}
// A native mount may leave threads behind that would keep the process alive. Everything is written now.
process.exit(unwritten && status === 0 ? 1 : status);
