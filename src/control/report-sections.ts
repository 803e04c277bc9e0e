import type { Shown } from './report-values.ts';
import type { MachineStatus } from './status.ts';

/** A part of the report: the lines under its title, none where it does not apply; and what they say, undefined where that is not to be read. */
export interface Section {
  readonly title: string;
  readonly write: (status: MachineStatus) => readonly string[];
  readonly read: (lines: readonly string[]) => Partial<MachineStatus> | undefined;
}

/** Values of a record, a line each: what each is called, and how it is shown. What is undefined has no line. */
export type Fields<T> = { readonly [K in keyof T]-?: readonly [label: string, shown: Shown<NonNullable<T[K]>>] };

const LABEL_WIDTH = 10;

export function writeFields<T extends object>(fields: Fields<T>, record: T): string[] {
  return (Object.keys(fields) as (keyof T & string)[]).flatMap((key) => {
    const [label, shown] = fields[key];
    const value = record[key];
    return value === undefined ? [] : [`${label.padEnd(LABEL_WIDTH)}${shown.write(value as NonNullable<typeof value>)}`];
  });
}

/** What lines say; those that tell of something unknown, as a newer daemon's may, are passed over. */
export function readFields<T extends object>(fields: Fields<T>, lines: readonly string[]): Partial<T> | undefined {
  const record: Partial<T> = {};
  for (const key of Object.keys(fields) as (keyof T & string)[]) {
    const [label, shown] = fields[key];
    const line = lines.find((each) => each.startsWith(label.padEnd(LABEL_WIDTH)));
    if (line === undefined) continue;
    const value = shown.read(line.slice(LABEL_WIDTH));
    if (value === undefined) return undefined;
    record[key] = value;
  }
  return record;
}

/** What is read under one key. */
function under<K extends keyof MachineStatus>(key: K, value: MachineStatus[K] | undefined): Partial<MachineStatus> | undefined {
  return value === undefined ? undefined : { [key]: value };
}

/** A section of one line. */
export function lineSection<K extends keyof MachineStatus>(title: string, key: K, shown: Shown<NonNullable<MachineStatus[K]>>): Section {
  return {
    title,
    write: ({ [key]: value }) => (value === undefined ? [] : [shown.write(value)]),
    read: ([line = '']) => under(key, shown.read(line)),
  };
}

type Lists = 'faults' | 'commands' | 'sysctls';

/** A section of a line each of a list. */
export function listSection<K extends Lists>(title: string, key: K, shown: Shown<MachineStatus[K][number]>): Section {
  return {
    title,
    write: ({ [key]: values }) => (values as readonly MachineStatus[K][number][]).map(shown.write),
    read(lines) {
      const values = lines.map(shown.read);
      return values.every((value) => value !== undefined) ? { [key]: values } : undefined;
    },
  };
}
