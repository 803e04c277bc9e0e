/** Every line that matters contains one of these; few others do. */
export const NEEDLES: readonly string[] = [
  'emory failure', 'emory Failure', 'recovery action', 'memory_failure_event', 'npoisoned', 'hwpoison: ', 'MCE 0x', 'MCE: Killing', 'Linux version ',
  ...['Ignored', 'Failed', 'Delayed', 'Recovered'].flatMap((result) => [`recovery: ${result}`, `recovery:${result}`]),
  '101,109,111,114,121,32,102', // "emory f" as journalctl -o json writes bytes
  'Kernel panic - ', 'kernel BUG at', 'kernel NULL pointer', 'Internal error: ', 'general protection', 'nable to handle', 'Oops:', 'Oops ',
];

/** Bytes of a fingerprint that are looked for first, all groups at once; those of the long ones, twice as long, are looked at after that. */
export const FINGERPRINT = 4;

/**
 * Parts of the needles. Only every other place of a text is looked at, so that each needle has one at an even place of it and one at an odd
 * place; they are the rarest in ordinary logs. Those of a group are looked for as one: which go together was found by simulated annealing on
 * boot logs, syslogs, English and source text, so that the letters of one and those of another do not make up words that are everywhere.
 * Eight groups at most: a bit of a byte each.
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
