import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** Signals that CMD gets as if it were this program. */
export const PASSED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;
/** Signals that a terminal sends to all of its foreground processes, including CMD. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT'];

/** The name of a signal, or its number if Node.js has no name for it, as for real-time signals. */
export function signalName(number: number): string {
  return Object.entries(constants.signals).find(([, each]) => each === number)?.[0] ?? String(number);
}

/** This process's group, and the group in the foreground of its terminal: -1 without a terminal. */
export function processGroups(): { readonly own: number; readonly foreground: number } {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , own, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
  return { own: own ?? -1, foreground: foreground ?? -1 };
}

/**
 * Handles signals, and passes them on as soon as a receiver is known. None is lost before. Linux does not say who sent a signal. If the
 * terminal may have sent it, CMD has it already, so it is not passed on.
 */
export function passSignals(onSignal: (signal: NodeJS.Signals, action: () => void) => void): { pass: (signal: NodeJS.Signals) => void } {
  const early: NodeJS.Signals[] = [];
  let pass = (signal: NodeJS.Signals): void => void early.push(signal);
  const inForeground = (): boolean => {
    const { own, foreground } = processGroups();
    return own === foreground;
  };
  for (const signal of PASSED) {
    onSignal(signal, () => { if (!(OF_TERMINAL.includes(signal) && inForeground())) pass(signal); });
  }
  return {
    get pass() { return pass; },
    set pass(how) {
      pass = how;
      for (const signal of early.splice(0)) pass(signal);
    },
  };
}
