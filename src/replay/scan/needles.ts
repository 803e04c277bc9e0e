/**
 * Every line that matters contains one of these; few others do.
 *
 * The scanner does not look for needles but for fingerprints (fingerprints.ts), which are parts of them. It looks at every other place of a text,
 * so each needle has one fingerprint at an even place and one at an odd place. The fingerprints of a group are searched together, by the lower
 * halves of their bytes. There are at most eight groups, one for each bit of a byte.
 *
 * To add a needle, write it here: five bytes of ASCII or more. Then run `node scripts/fingerprints/choose.mjs`. It chooses all fingerprints again,
 * so that the scanner seldom has to look closer at ordinary logs. A test fails until that is done. In log-replay.ts a pattern says which lines with
 * a needle matter.
 */
export const NEEDLES: readonly string[] = [
  'emory failure', 'emory Failure', 'recovery action', 'memory_failure_event', 'npoisoned', 'hwpoison: ', 'MCE 0x', 'MCE: Killing', 'Linux version ',
  ...['Ignored', 'Failed', 'Delayed', 'Recovered'].flatMap((result) => [`recovery: ${result}`, `recovery:${result}`]),
  '101,109,111,114,121,32,102', // "emory f" as journalctl -o json writes bytes
  'Kernel panic - ', 'kernel BUG at', 'kernel NULL pointer', 'Internal error: ', 'general protection', 'nable to handle', 'Oops:', 'Oops ',
];
