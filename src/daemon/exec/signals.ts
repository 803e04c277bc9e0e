import { constants } from 'node:os';

/** A signal's number. */
export function signalNumber(name: NodeJS.Signals): number {
  return constants.signals[name];
}

/** A signal's name; its number where it has none here, as those for real time. */
export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, each]) => each === number)?.[0] ?? String(number);
}
