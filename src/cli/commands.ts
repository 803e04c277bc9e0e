import type { Commands } from './command.ts';

/**
 * The commands, in the order of the help. Each is loaded only when it is used: to load a daemon takes longer than a filter may take for a
 * small file.
 */
export const COMMANDS: Commands = {
  mount: { summary: 'mount an emulated machine and serve it, in the foreground', load: async ({ context }) => (await import('./commands/mount.ts')).mountCommand(context) },
  exec: {
    summary: 'run a command on an emulated machine, files at their real paths',
    load: async (call) => (await import('./commands/exec.ts')).execCommand(call),
  },
  status: { summary: 'show a mounted machine: what it is, whether it lives', load: async ({ context }) => (await import('./commands/status.ts')).statusCommand(context) },
  dmesg: { summary: 'print the log of a mounted machine, and follow it', load: async ({ context }) => (await import('./commands/dmesg.ts')).dmesgCommand(context) },
  check: { summary: 'show what sysctl.d files would do, on every kernel', load: async ({ context }) => (await import('./commands/check.ts')).checkCommand(context) },
  replay: { summary: 'show which memory failures in kernel logs would have panicked', load: async ({ context }) => (await import('./commands/replay.ts')).replayCommand(context) },
  machine: { summary: 'print a machine as a file that --machine takes, or check one', load: async ({ context }) => (await import('./commands/machine.ts')).machineCommand(context) },
  matrix: { summary: 'show what an error in each type of page does, by kernel', load: async ({ context }) => (await import('./commands/matrix.ts')).matrixCommand(context) },
  completion: {
    summary: 'print a script that completes command lines in a shell',
    load: async ({ context }) => (await import('./commands/completion.ts')).completionCommand(context),
  },
};
