import { type ErrnoName, errnoName } from '../../abi/errno.ts';
import { O } from '../../abi/open-flags.ts';
import { LEAST_MEMORY } from '../../kernel/memory/sizes.ts';
import type { ProfileName } from '../../kernel/profiles/names.ts';
import type { SysctlValue } from '../../kernel/sysctl/ctl-table.ts';
import { assembleMachine } from '../assemble-machine.ts';
import { type Case, commandOf, type MatrixVia } from './cases.ts';

/** The outcome of an error in a page. */
export interface Outcome {
  /**
   * The kernel's lines up to a panic, without the prefix that names the page, and without the report of the hardware, which names its address. A
   * pfn elsewhere in a line is `pfn 0xPFN`.
   */
  readonly lines: readonly string[];
  /** The result of write(2): `ok`, or an errno. A panic is EIO too, because the machine is dead. */
  readonly result: ErrnoName | 'ok';
  readonly panics: boolean;
}

const PREFIX = /^(?:Memory failure|Soft offline): 0x[\da-f]+: /;
const PANIC = /^Kernel panic - not syncing: /;
const FRAME = /\bpfn 0x[\da-f]+/;

/** Runs a row on a machine that has just booted with these sysctls. */
export function outcomeOf(each: Case, via: MatrixVia, profile: ProfileName, bootSettings: ReadonlyMap<string, SysctlValue>): Outcome {
  const { machine, vfs } = assembleMachine({ profile, memory: { memoryBytes: LEAST_MEMORY }, seed: 0, clock: () => 0, bootSettings });
  machine.kernel.takeEffects();
  const file = vfs.open('/control', O.wronly);
  const written = vfs.write(file, 0, new TextEncoder().encode(`${commandOf(each, via)}\n`));
  const texts = machine.kernel.takeEffects().flatMap((effect) => (effect.kind === 'printk' ? [effect.record.text] : []));
  const end = texts.findIndex((text) => PANIC.test(text));
  return {
    lines: (end < 0 ? texts : texts.slice(0, end)).filter((text) => !isHardwareReport(text)).map(withoutFrame),
    result: written < 0 ? (errnoName(written) as ErrnoName) : 'ok',
    panics: end >= 0,
  };
}

/** Whether a line is part of the report of the hardware, which names an address. */
export function isHardwareReport(text: string): boolean {
  return /\[Hardware Error\]: (?!Machine check events logged)|^EDAC MC/.test(text);
}

function withoutFrame(text: string): string {
  return text.replace(PREFIX, '').replace(FRAME, 'pfn 0xPFN');
}
