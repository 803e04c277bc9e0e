#!/usr/bin/env node
// Makes the recordings of test/recordings again, on any Debian kernel, under qemu. README.md beside this file describes how.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { checkRecording } from './check.mjs';
import { fetchKernel, openKernel } from './kernel.mjs';
import { HELP, parseOptions } from './options.mjs';
import { chooseAccelerator } from './qemu.mjs';
import { makeRecording } from './make-recording.mjs';
import { RECORDINGS, goldenName } from './recordings.mjs';
import { FETCH_TOOLS, RECORD_TOOLS, requireTools } from './tools.mjs';

const say = (text) => process.stdout.write(`${text}\n`);

/** Everything between the arguments and the exit status. `work` is a directory that is removed afterwards. */
async function record(options, work, signal) {
  requireTools(options.kernel === undefined ? [...RECORD_TOOLS, ...FETCH_TOOLS] : RECORD_TOOLS);
  let { kernel: directory } = options;
  if (directory === undefined) {
    directory = join(work, 'kernel');
    say(`kernel    fetching ${options.version} of Debian ${options.suite}`);
    await fetchKernel(directory, options.suite, options.version, signal);
  }
  const kernel = await openKernel(directory, work, signal);
  const accelerator = options.accel === 'auto' ? await chooseAccelerator(kernel, work, signal) : options.accel;
  say(`kernel    ${kernel.version}, its recordings are named ${kernel.release}, ${accelerator === 'kvm' ? 'KVM' : 'software emulation'}`);
  const context = { kernel, accelerator, work, signal, seed: options.seed };
  const wanted = RECORDINGS.filter(({ name, ifNamed }) => (options.recordings.length === 0 ? ifNamed !== true : options.recordings.includes(name)));
  let failures = 0;
  for (const recording of wanted) {
    const start = Date.now();
    let result;
    try {
      const text = await makeRecording(recording, context);
      if (options.check) {
        const comparison = checkRecording(recording, text, options.against ?? kernel.release);
        result = comparison.text;
        failures += comparison.differs ? 1 : 0;
      } else {
        mkdirSync(options.out, { recursive: true });
        const path = join(options.out, goldenName(recording, kernel.release));
        writeFileSync(path, text, 'latin1');
        result = `${relative('', path) || path}: ${text.split('\n').length - 1} lines`;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      // If one recording cannot be made, for example of a file that this kernel lacks, the others are still made.
      failures += 1;
      result = `FAILED: ${error.message}`;
    }
    say(`${recording.name.padEnd(22)} ${String(Math.round((Date.now() - start) / 1000)).padStart(4)} s  ${result}`);
  }
  return failures === 0 ? 0 : 1;
}

const STATUS_OF_SIGNAL = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

async function main() {
  const options = parseOptions(process.argv.slice(2));
  if (options.error !== undefined) {
    process.stderr.write(`record: ${options.error}\n`);
    return 2;
  }
  if (options.help) {
    say(HELP);
    return 0;
  }
  const stop = new AbortController();
  let stoppedBy;
  for (const name of Object.keys(STATUS_OF_SIGNAL)) process.on(name, () => stop.abort(new Error((stoppedBy = name))));
  const work = mkdtempSync(join(tmpdir(), 'vmsysctld-record-'));
  try {
    return await record(options, work, stop.signal);
  } catch (error) {
    process.stderr.write(`record: ${stoppedBy === undefined ? error.message : `stopped by ${stoppedBy}`}\n`);
    return stoppedBy === undefined ? 1 : STATUS_OF_SIGNAL[stoppedBy];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

process.exitCode = await main();
