import { cli } from '../../src/cli/cli.ts';
import type { CliContext } from '../../src/cli/command.ts';

/** The result of a command line: its exit status, and the lines that it printed. */
export interface CliResult {
  readonly status: number;
  readonly out: readonly string[];
  readonly err: readonly string[];
}

/** Runs a command line in this process, for commands that end by themselves. */
export async function runCli(...args: readonly string[]): Promise<CliResult> {
  const out: string[] = [];
  const err: string[] = [];
  const host: Partial<CliContext> = {
    uid: 0, env: {}, home: '/nonexistent', configFile: '/nonexistent/vmsysctld.conf', absolute: (path: string) => path,
    print: (line: string) => void out.push(...line.split('\n')),
    complain: (line: string) => void err.push(...line.split('\n')),
    outputIsTerminal: false, outputGone: () => false,
    onCrash: () => undefined, onSignal: () => undefined, endBy: () => undefined,
  };
  const status = await cli(args, host as CliContext);
  return { status, out, err };
}
