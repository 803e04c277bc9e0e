import { type Call, COMMANDS } from '../commands.ts';
import type { HelpfulCommand } from '../help/help.ts';
import type { Host } from '../context.ts';
import { oneOf } from '../options/option.ts';
import { beginning, complete } from '../completion/complete.ts';
import { type Shell, SCRIPTS } from '../completion/scripts.ts';

const SHELLS = Object.keys(SCRIPTS) as Shell[];

/** `vmsysctld completion SHELL`: a script by which a shell completes command lines. */
export function completionCommand(host: Host): HelpfulCommand {
  return {
    command: 'completion [SHELL]',
    builder: (argv) => argv.positional('SHELL', { type: 'string', default: 'bash' }),
    help: {
      usage: 'completion [bash|zsh]',
      about: 'Prints a script by which bash, or another shell, completes command lines.',
      options: {},
      operands: { completion: { with: 'words', words: SHELLS }, most: 1 },
      examples: [['completion bash', 'in ~/.bashrc: eval "$(vmsysctld completion)"']],
    },
    handler({ SHELL }) {
      host.print(SCRIPTS[oneOf<Shell>(SHELLS).read(String(SHELL), 'completion')]);
    },
  };
}

/** Completes the last word of a command line: how, and the words, a line each. */
export async function completeWords(words: readonly string[], call: Call): Promise<string> {
  const [name = '', ...rest] = words;
  const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const completion = rest.length === 0 ? beginning([...Object.keys(COMMANDS), '--help', '--version'], name) : row && complete(rest, (await row.load(call)).help);
  return [completion?.with ?? 'words', ...(completion?.words ?? [])].join('\n');
}
