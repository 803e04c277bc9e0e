import { readFileSync } from 'node:fs';

/** The text of /proc/PID/status of a task; undefined if it has ended. The file is one of the real /proc, not of this mount. */
export function taskStatus(pid: number | 'self'): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return undefined;
  }
}

/** A set of bits in such a text, by its name: `CapEff`, `SigPnd`. Undefined if it is not there. */
export function maskIn(status: string, name: string): bigint | undefined {
  const [, digits] = new RegExp(`^${name}:\\t([0-9a-f]+)$`, 'm').exec(status) ?? [];
  return digits === undefined ? undefined : BigInt(`0x${digits}`);
}
