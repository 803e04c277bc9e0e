#!/usr/bin/env node
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { cli } from './cli/cli.ts';

// Whoever reads the ready line may close the pipe after it.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

const status = await cli(process.argv.slice(2), {
  uid: process.geteuid?.() ?? 0,
  env: process.env,
  home: homedir(),
  absolute: (path) => resolve(path),
  print: (line) => void process.stdout.write(`${line}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  onCrash: (action) => void process.on('uncaughtException', (error) => void action(error).finally(() => process.exit(1))),
  onSignal: (signal, action) => void process.on(signal, action),
});
// A native mount may leave threads behind that would hold the process; everything is written by now.
process.exit(status);
