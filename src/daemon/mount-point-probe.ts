import { probeInChild } from './probe-in-child.ts';

/** How long a mount in the way may take to answer before it counts as stopped, in milliseconds. */
export const PROBE_TIMEOUT = 5000;

/** What was found out about a would-be mount point before the time was up. */
export interface Probe {
  /** The path with all symbolic links followed. */
  readonly real?: string;
  /** The errno name of the first call that failed, as `ENOENT`, and what was being done. */
  readonly error?: { readonly code: string; readonly step: 'realpath' | 'statfs' | 'stat' | 'list' | 'write' };
  readonly directory?: boolean;
  /** A name in the directory, if it has any. */
  readonly entry?: string;
  /** False when the time was up first: some server on the way does not answer. */
  readonly finished: boolean;
}

/**
 * Prints each finding as soon as it has it. statfs comes before stat, for a dead
 * server's root may still be answered from Linux's memory of its attributes, and statfs never is.
 */
const SCRIPT = `
const fs = require('node:fs');
const tell = (finding) => { fs.writeSync(1, JSON.stringify(finding) + '\\n'); };
let step = 'realpath';
try {
  // Without what looks into the directory: a dead server's can still be named, but not entered.
  const real = fs.realpathSync.native(process.argv[1].replace(/(\\/+\\.?)+$/, '') || '/');
  tell({ real });
  step = 'statfs';
  fs.statfsSync(real);
  step = 'stat';
  const directory = fs.statSync(real).isDirectory();
  tell({ directory });
  if (directory) {
    step = 'list';
    const entry = fs.opendirSync(real).readSync();
    if (entry !== null) tell({ entry: entry.name });
    step = 'write';
    // fusermount(1) wants it of other users; root mounts on anything.
    if (process.geteuid() !== 0) fs.accessSync(real, fs.constants.W_OK);
  }
} catch (error) {
  tell({ error: { code: error.code ?? String(error), step } });
}
tell({ finished: true });
process.exit(0);
`;

/**
 * Looks at a path from another process.
 * @param timeout how long to wait, in milliseconds
 */
export async function probe(path: string, timeout: number): Promise<Probe> {
  return { finished: false, ...await probeInChild<Probe>(SCRIPT, [path], timeout) };
}
