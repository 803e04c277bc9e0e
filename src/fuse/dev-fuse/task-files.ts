import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** Longer than a status nearly always is: only many groups or processors make it longer. */
const buffer = Buffer.alloc(8192);

/**
 * The text of /proc/PID/status or /proc/PID/comm of a task; undefined if it has ended. The file is one of the real /proc, not of this mount.
 * Linux gives all of it in one read if it fits, and readFileSync() takes three times as long.
 */
export function taskFile(pid: number | 'self', name: 'comm' | 'status'): string | undefined {
  const path = `/proc/${pid}/${name}`;
  let file = -1;
  try {
    file = openSync(path, 'r');
    const length = readSync(file, buffer, 0, buffer.length, null);
    return length < buffer.length ? buffer.toString('utf8', 0, length) : readFileSync(path, 'utf8');
  } catch {
    return undefined;
  } finally {
    if (file >= 0) closeSync(file);
  }
}

/** A set of bits in a status, by its name: `CapEff`, `SigPnd`. Undefined if it is not there. */
export function maskIn(status: string, name: string): bigint | undefined {
  const [, digits] = new RegExp(`^${name}:\\t([0-9a-f]+)$`, 'm').exec(status) ?? [];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}
