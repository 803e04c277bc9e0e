// scripts/fingerprints/choose.mjs wrote this file: run it again when needles.ts changes.

/**
 * Parts of the needles, in groups. needles.ts says what they are for. Eight bytes are searched in two halves, others have four bytes.
 */
export const FINGERPRINTS: readonly (readonly string[])[] = [
  [',102', 'E 0x', 'l protec', 'ux versi'],
  ['nable to', 'npoisone', 'rnal err', 'wpoison:'],
  ['CE 0', 'ULL poin', 'el panic', 'nel BUG ', 'nel NULL', 'nel pani', 'nux vers'],
  ['ops ', 'ops:', 'y Failur', 'y failur', 'y_failur'],
  ['E: Killi', 'UG a', 'eral pro', 'ernal er'],
  [',114,121', 'le to ha', 'very act', 'very: De', 'very: Fa', 'very: Ig', 'very: Re', 'very:Del', 'very:Fai', 'very:Ign', 'very:Rec'],
  ['_failure', 'llin', 'overy ac', 'overy: D', 'overy: F', 'overy: I', 'overy: R', 'overy:De', 'overy:Fa', 'overy:Ig', 'overy:Re'],
  ['Oops', 'poison: ', 'poisoned', 'ry Failu', 'ry failu'],
];
