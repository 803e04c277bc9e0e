import { accessSync, constants } from 'node:fs';

/** Why tests that mount are skipped here; undefined where they are not. */
export function whyNoMounts() {
  if (process.env.VMSYSCTLD_TEST_IN_PROCESS !== undefined) return 'only what runs in this process is wanted';
  if (process.geteuid() !== 0) return 'not root';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
  } catch {
    return 'no usable /dev/fuse';
  }
  return undefined;
}
