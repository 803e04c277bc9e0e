import type { Kernel } from '../kernel/kernel.ts';
import { PAGE_SIZE } from '../kernel/memory/frames.ts';
import { CPER_SEVERITIES, type CperMemory, type CperRecord, type CperSeverity } from '../kernel/ras/cper.ts';
import { reportError } from '../kernel/ras/inject.ts';
import { flag, type Value } from '../language/values.ts';
import { type Part, writeWord } from '../language/write.ts';
import type { Bad } from '../language/words.ts';
import { command } from './command-row.ts';
import { repeat } from './repeat.ts';
import { ONE_TARGET, pfnOf, TARGET, type Target, target, writeCount, writeTarget } from './target.ts';
import { count, errorVia, fruText, kind, recordNumber, severity } from './values.ts';

/** The fields of a memory error that `error` takes, by key: the name of each in the record, and its width in bits. */
const FIELDS = {
  status: ['error_status', 64],
  mask: ['physical_addr_mask', 64],
  node: ['node', 16],
  card: ['card', 16],
  module: ['module', 16],
  rank: ['rank', 16],
  bank: ['bank', 16],
  'bank-group': ['bank_group', 8],
  'bank-address': ['bank_address', 8],
  device: ['device', 16],
  row: ['row', 16],
  'row-ext': ['row_ext', 2],
  column: ['column', 16],
  bit: ['bit_pos', 16],
  requestor: ['requestor_id', 64],
  responder: ['responder_id', 64],
  target: ['target_id', 64],
  chip: ['chip_id', 3],
  'mem-array': ['mem_array_handle', 16],
  'mem-dev': ['mem_dev_handle', 16],
} as const satisfies Readonly<Record<string, readonly [keyof CperMemory, number]>>;

type FieldKey = keyof typeof FIELDS;
const FIELD_KEYS = Object.keys(FIELDS) as FieldKey[];

const FIELD_SYNOPSIS = FIELD_KEYS.map((key) => `[${key}=${FIELDS[key][1] === 64 ? 'X' : 'N'}]`).join(' ');

/** The value of each field, by key. */
const FIELD_VALUES = Object.fromEntries(FIELD_KEYS.map((key) => [key, recordNumber(key, FIELDS[key][1])])) as Readonly<Record<FieldKey, Value<bigint>>>;

/** Keys that a machine check has no place for. */
const RECORD_KEYS = ['kind', 'fru', 'threshold-exceeded', ...FIELD_KEYS] as const;
const BANK_PARTS = ['bank-group', 'bank-address'] as const;

/** A hardware error as a command gives it. The address comes from the target, when the command runs. */
export interface ErrorArguments {
  readonly severity: CperSeverity;
  readonly via: 'ghes' | 'mce';
  readonly target: Target;
  readonly count: number;
  readonly memory: CperMemory;
  readonly fru?: string;
  readonly thresholdExceeded?: true;
}

/** The row of `error`. */
export const ERROR_COMMAND = command({
  synopsis: `error severity=corrected|recoverable|fatal|info [type=T | pfn=P | phys=A] [via=ghes|mce] [kind=K] [fru=TEXT] ${FIELD_SYNOPSIS} [threshold-exceeded] [count=N]`,
  does: 'report an error as the hardware does, with all that the kernel makes of it',
  values: { severity, ...TARGET, via: errorVia, kind, fru: fruText, ...FIELD_VALUES, 'threshold-exceeded': flag, count },
  required: ['severity'],
  exclusive: ONE_TARGET,
  build(given): ErrorArguments | Bad {
    const { severity, type, pfn, phys, via = 'ghes', count = 1, kind, fru, 'threshold-exceeded': thresholdExceeded } = given;
    const place = target({ type, pfn, phys });
    if (via === 'mce') {
      const stray = RECORD_KEYS.find((key) => given[key] !== undefined);
      if (stray !== undefined) return { bad: `a machine check has no ${stray}, leave it out or use via=ghes` };
      if (severity === 'info') return { bad: 'a machine check is corrected, recoverable or fatal, use via=ghes for severity=info' };
    }
    const part = given.bank === undefined ? undefined : BANK_PARTS.find((key) => given[key] !== undefined);
    if (part !== undefined) return { bad: `bank and ${part} exclude each other, both say which bank it is` };
    const fields = FIELD_KEYS.flatMap((key) => {
      const value = given[key];
      const [name, bits] = FIELDS[key];
      return value === undefined ? [] : [[name, bits === 64 ? value : Number(value)] as const];
    });
    return {
      severity, via, target: place, count, memory: { ...Object.fromEntries(fields), ...(kind !== undefined && { error_type: kind }) },
      ...(fru !== undefined && { fru }), ...(thresholdExceeded && { thresholdExceeded }),
    };
  },
  write: ({ severity, via, target, count, memory, fru, thresholdExceeded }) => [
    `severity=${severity}`, writeTarget(target), via !== 'ghes' && `via=${via}`, memory.error_type !== undefined && `kind=${memory.error_type}`,
    fru !== undefined && `fru=${writeWord(fru)}`, ...FIELD_KEYS.map((key) => writeField(key, memory)), thresholdExceeded && 'threshold-exceeded',
    count !== 1 && writeCount(count),
  ],
  injections: ({ count }) => count,
  run({ kernel }, error, { caller }) {
    // A storm of one error is one record that comes again and again.
    let same: CperRecord | undefined;
    return repeat(kernel, caller, error.count, 'errors', () => {
      const address = addressOf(kernel, error.target);
      if (address === undefined) return undefined;
      if (error.via === 'mce') return reportError(kernel, { via: 'mce', severity: error.severity, address: address === NOWHERE ? undefined : address });
      const record = same ?? recordOf(error, address);
      if (error.target.kind !== 'type') same = record;
      return reportError(kernel, { via: 'ghes', record });
    });
  },
});

function writeField(key: FieldKey, memory: CperMemory): Part {
  const [name, bits] = FIELDS[key];
  const value = memory[name];
  return value !== undefined && `${key}=${bits === 64 ? `0x${value.toString(16)}` : String(value)}`;
}

/** The error has no address. */
const NOWHERE = 'nowhere';

/** The physical address that the target means. Undefined: no page of the type is left, or there is no room to keep the state of one more page. */
function addressOf(kernel: Kernel, target: Target): bigint | typeof NOWHERE | undefined {
  if (target.kind === 'any') return NOWHERE;
  if (target.kind === 'phys') return BigInt(target.phys);
  const pfn = pfnOf(kernel, target);
  return pfn === undefined ? undefined : BigInt(pfn) * BigInt(PAGE_SIZE);
}

function recordOf({ severity, memory, fru, thresholdExceeded }: ErrorArguments, address: bigint | typeof NOWHERE): CperRecord {
  const number = CPER_SEVERITIES[severity];
  return {
    severity: number,
    sections: [{
      severity: number,
      ...(thresholdExceeded && { thresholdExceeded }),
      ...(fru !== undefined && { fruText: fru }),
      body: { kind: 'memory', memory: { ...(address !== NOWHERE && { physical_addr: address }), ...memory } },
    }],
  };
}
