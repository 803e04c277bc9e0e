import { styleText } from 'node:util';
import { printable, printableJson } from '../../abi/printable.ts';
import { Checker, MOST_BYTES } from '../../check/check.ts';
import type { Finding } from '../../check/finding.ts';
import type { Paint } from '../../check/report/table.ts';
import type { Report } from '../../check/report/report.ts';
import { layOutMemory } from '../../kernel/memory/layout.ts';
import { type CliContext, type HelpfulCommand, VERSION } from '../command.ts';
import { ExitStatus, UsageError } from '../exit-status.ts';
import { describedMemory, describedParts, namedParts } from '../options/machine.ts';
import { resolveSettings, settingValues } from '../options/option.ts';
import { findConfigSets, readSource } from './check/config-sets.ts';
import { CHECK_TABLE, type FORMATS } from './check/options.ts';

type Format = (typeof FORMATS)[number] | 'json';

/** `vmsysctld check [FILE|DIR…]`: what sysctl.d files would do, on every kernel. */
export function checkCommand(context: CliContext): HelpfulCommand {
  return {
    help: {
      usage: 'check [FILE|DIR…] [options]',
      about: 'Shows what sysctl.d files would do on each kernel: what is refused or missing,\nand what is undone. Without FILE it reads those of this machine.',
      options: CHECK_TABLE,
      operands: { completion: { with: 'files', words: [] }, most: Infinity },
      examples: [
        ['check --like procps', 'as sysctl --system would do here'],
        ['check fleet/ --host-from-path', 'one directory per host'],
      ],
    },
    async run(given, operands) {
      const asked = resolveSettings(CHECK_TABLE, given);
      const described = await describedMemory(asked);
      const settings = { ...asked, ...namedParts(asked, described) };
      const { profile, like, root, hostFromPath, json, format: named, failOn } = settingValues<typeof CHECK_TABLE>(settings);
      if (json && settings.format.called !== undefined) throw new UsageError('--json and --format exclude each other: give one of them');
      const format: Format = json ? 'json' : named;
      const checker = new Checker({ profiles: profile, like, parts: describedParts(settings), layout: layOutMemory(described.description) });
      const piped = operands.includes('-') ? await standardInput(context) : new Uint8Array();
      const findings: Finding[] = [];
      const totals = { files: 0, settings: 0, hosts: 0 };
      for (const { host, sources } of findConfigSets({ operands, root, hostFromPath })) {
        const files = sources.map((source) => readSource(source, piped));
        const checked = checker.check(files, host);
        for (const each of checked.findings) {
          if (format === 'json') context.print(printableJson(JSON.stringify(each)));
          findings.push(each);
        }
        totals.files += files.length;
        totals.settings += checked.settings;
        totals.hosts += host === undefined ? 0 : 1;
      }
      for (const line of await written(format, { findings, ...totals, kernels: profile, version: VERSION }, painter(context))) context.print(line);
      const fails = findings.some(({ severity, kind }) => kind === 'unreadable' || severity === failOn || (failOn === 'warning' && severity === 'error'));
      if (fails) throw new ExitStatus(1);
    },
  };
}

/** The lines of a report. Only what writes it is loaded. */
async function written(format: Format, report: Report, paint: Paint): Promise<readonly string[]> {
  switch (format) {
    case 'json': return [];
    case 'table': return (await import('../../check/report/table.ts')).tableLines(report, paint);
    case 'github': return (await import('../../check/report/github.ts')).githubLines(report).map(printable);
    case 'gitlab': return [printableJson(JSON.stringify((await import('../../check/report/gitlab.ts')).gitlabIssues(report), undefined, 2))];
    case 'sarif': return [printableJson(JSON.stringify((await import('../../check/report/sarif.ts')).sarifLog(report), undefined, 2))];
    case 'checkstyle': return (await import('../../check/report/checkstyle.ts')).checkstyleLines(report);
  }
}

const STYLES = { error: 'red', warning: 'yellow', file: 'underline', faint: 'dim' } as const;

/** Colours, where a terminal shows the table and NO_COLOR does not forbid them. */
function painter({ outputIsTerminal, env }: CliContext): Paint {
  if (!outputIsTerminal || (env['NO_COLOR'] ?? '') !== '') return (_, text) => text;
  return (how, text) => styleText(STYLES[how], text);
}

/** Standard input, up to the greatest length of a configuration. */
async function standardInput({ stdin, stdinIsTerminal }: CliContext): Promise<Uint8Array> {
  if (stdinIsTerminal) throw new UsageError('- is standard input, which is a terminal here: name a file, or pipe into it');
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stdin()) {
    pieces.push(piece as Buffer);
    length += (piece as Buffer).length;
    if (length > MOST_BYTES) break;
  }
  return Buffer.concat(pieces);
}
