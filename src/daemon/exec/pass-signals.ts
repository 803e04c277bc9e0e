import { readFileSync } from 'node:fs';

/** Signals that CMD is to get as if it were this program. */
const PASSED = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;
/** Those that a terminal sends to all of its foreground processes, CMD among them. */
const OF_TERMINAL: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT'];

/** Whether this process is of those that the terminal sends its signals to. */
function inForeground(): boolean {
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return group === foreground;
}

/**
 * Takes signals over, to pass them on once it is known how; none is lost before. Linux does not tell a program who a signal is from: one that
 * the terminal may have sent is taken to be from there, and CMD has it already.
 */
export function passSignals(onSignal: (signal: NodeJS.Signals, action: () => void) => void): { pass: (signal: NodeJS.Signals) => void } {
  const early: NodeJS.Signals[] = [];
  let pass = (signal: NodeJS.Signals): void => void early.push(signal);
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
