import type { CliContext, HelpfulCommand } from '../command.ts';
import { oneOf } from '../options/option.ts';
import { type Shell, SCRIPTS } from '../completion/scripts.ts';

const SHELLS = Object.keys(SCRIPTS) as Shell[];

/** `vmsysctld completion SHELL`: a script with which a shell completes command lines. */
export function completionCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'completion [bash|zsh]',
      about: 'Prints a script with which bash or zsh completes command lines.',
      options: {},
      operands: { completion: { with: 'words', words: SHELLS }, most: 1 },
      examples: [['completion bash', 'in ~/.bashrc: eval "$(vmsysctld completion)"']],
    },
    run(_, [shell = 'bash']) {
      context.print(SCRIPTS[oneOf<Shell>(SHELLS).read(shell, 'completion')]);
    },
  };
}
