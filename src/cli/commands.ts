import type { HelpfulCommand } from './help/help.ts';
import type { Host } from './context.ts';

/** What a command is called with. */
export interface Call {
  readonly host: Host;
  /** The whole command line, and what follows its `--`: for exec, what follows its options. Known when the command is loaded. */
  readonly given: readonly string[];
  readonly operands: readonly string[];
}

interface CommandRow {
  /** What it does, for the list of all. */
  readonly summary: string;
  readonly load: (call: Call) => Promise<HelpfulCommand>;
}

/**
 * The commands, in the order in which they are told of. Each is loaded only when it is given: what a daemon needs takes longer to load than a
 * filter may take for a small file.
 */
export const COMMANDS: Readonly<Record<string, CommandRow>> = {
  mount: { summary: 'mount an emulated machine and serve it, in the foreground', load: async ({ host }) => (await import('./commands/mount.ts')).mountCommand(host) },
  exec: {
    summary: 'run a command on an emulated machine, files at their real paths',
    load: async (call) => (await import('./commands/exec.ts')).execCommand(call),
  },
  status: { summary: 'show a mounted machine: what it is, whether it lives', load: async ({ host }) => (await import('./commands/status.ts')).statusCommand(host) },
  dmesg: { summary: 'print the log of a mounted machine, and follow it', load: async ({ host }) => (await import('./commands/dmesg.ts')).dmesgCommand(host) },
  replay: { summary: 'tell which memory failures in kernel logs would have panicked', load: async ({ host }) => (await import('./commands/replay.ts')).replayCommand(host) },
  machine: { summary: 'print a machine as a file that --machine takes, or check one', load: async ({ host }) => (await import('./commands/machine.ts')).machineCommand(host) },
  matrix: { summary: 'show what an error in each type of page comes to, by kernel', load: async ({ host }) => (await import('./commands/matrix.ts')).matrixCommand(host) },
  completion: {
    summary: 'print a script that completes command lines in a shell',
    load: async ({ host }) => (await import('./commands/completion.ts')).completionCommand(host),
  },
};
