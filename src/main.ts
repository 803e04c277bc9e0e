#!/usr/bin/env node
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { cli } from './cli/cli.ts';

// Whoever reads the ready line may close the pipe after it.
let outputError: Error | undefined;
process.stdout.on('error', (error) => {
  outputError ??= error;
});
process.stderr.on('error', () => undefined);

const status = await cli(process.argv.slice(2), {
  uid: process.geteuid?.() ?? 0,
  env: process.env,
  home: homedir(),
  absolute: (path) => resolve(path),
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  stdin: () => process.stdin,
  stdinIsTerminal: isatty(0),
  outputError: () => outputError,
  terminal: isatty(2) ? (text) => void process.stderr.write(text) : undefined,
  onCrash: (action) => void process.on('uncaughtException', (error) => void action(error).finally(() => process.exit(1))),
  onSignal: (signal, action) => void process.on(signal, action),
});
// A native mount may leave threads behind that would hold the process; everything is written by now.
process.exit(status);
