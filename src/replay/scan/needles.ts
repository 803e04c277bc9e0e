/** Every line that matters contains one of these; few others do. */
export const NEEDLES: readonly string[] = [
  'emory failure', 'emory Failure', 'recovery action', 'memory_failure_event', 'npoisoned', 'hwpoison: ', 'MCE 0x', 'MCE: Killing', 'Linux version ',
  ...['Ignored', 'Failed', 'Delayed', 'Recovered'].flatMap((result) => [`recovery: ${result}`, `recovery:${result}`]),
  '101,109,111,114,121,32,102', // "emory f" as journalctl -o json writes bytes
  'Kernel panic - ', 'kernel BUG at', 'kernel NULL pointer', 'Internal error: ', 'general protection', 'nable to handle', 'Oops:', 'Oops ',
];

/** Bytes of a fingerprint that are searched first, in all groups at once. The second half of a long fingerprint is checked after that. */
export const FINGERPRINT = 4;

/**
 * Parts of the needles. The search looks only at every other place of a text, so each needle has one fingerprint at an even place and one
 * at an odd place. They are the rarest parts in ordinary logs. The fingerprints of a group are searched together. Simulated annealing on
 * boot logs, syslogs, English and source text chose the groups, so that their letters together do not form frequent words. There are at
 * most eight groups, one for each bit of a byte.
 */
export const FINGERPRINTS: readonly (readonly string[])[] = [
  ['y: Ignor', 'y: Faile', 'y: Delay', 'y: Recov', ',109,111', 'ic -', 'L pointe', 'l protec'],
  ['MCE ', 'MCE: Kil', 'x versio', 'ops:', 'ops '],
  ['y failur', 'y Failur', 'y action', 'y:Ignore', 'y:Failed', 'y:Delaye', 'y:Recove', '9,111,11'],
  ['e_ev', 'nel BUG ', 'nel NULL', 'nal erro'],
  ['covery a', 'CE 0', 'CE: Kill', 'covery: ', 'covery:I', 'covery:F', 'covery:D', 'covery:R', 'al error', 'al prote'],
  ['_failure', 'npoisone', 'wpoison:', 'o handle'],
  ['poisoned', 'poison: ', 'to handl', 'Oops'],
  ['ry failu', 'ry Failu', 'ux versi', 'l panic ', 'UG a'],
];
