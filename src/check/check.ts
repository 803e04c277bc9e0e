// What sysctl.d files would do on emulated kernels: text in, findings out. settings.ts is a line of a file; tools/ has the two programs that
// apply such files, each with how it reads, orders and writes; trial.ts runs one of them on a machine, sysctl-tree.ts; explain.ts says why a
// write failed. report/ prints findings. The folder imports kernel/, language/ and abi/. It is pure. Start at Checker below.
import type { MachineLayout } from '../kernel/memory/layout.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { dottedName } from '../kernel/sysctl/ctl-table.ts';
import type { MachineParts } from '../kernel/sysctl/machine-parts.ts';
import { show } from '../language/words.ts';
import { Explainer, type Explanation } from './explain.ts';
import { type ConfigFile, filesInOrder } from './files.ts';
import { type Finding, KINDS } from './finding.ts';
import { expandBraces, matchPaths } from './glob.ts';
import { isGlob, type ParsedFile, type Placed } from './settings.ts';
import { SysctlTree } from './sysctl-tree.ts';
import { PROCPS, PROCPS_3_3, PROCPS_4_0_5 } from './tools/procps.ts';
import { SYSTEMD } from './tools/systemd.ts';
import type { ToolName } from './tools/tool-names.ts';
import type { Tool } from './tools/tool.ts';
import { sameState, type Trial, Trials, type TrialWrite } from './trial.ts';
import { readable, saysTheSame } from './values.ts';

export const TOOLS: Readonly<Record<ToolName, Tool>> = {
  systemd: SYSTEMD, procps: PROCPS, 'procps-3.3': PROCPS_3_3, 'procps-4.0.5': PROCPS_4_0_5,
};

/** A longer file is not a configuration: /proc/sys has about a thousand files. */
export const MOST_LINES = 10_000;
export const MOST_BYTES = 1024 * 1024;

/** Log levels from here on say that something is wrong: KERN_WARNING. */
const WARNING_LEVEL = 4;
const MOST_CACHED = 4096;

export interface CheckerOptions {
  readonly profiles: readonly ProfileName[];
  readonly like: ToolName;
  readonly parts: MachineParts;
  readonly layout: MachineLayout;
}

/** The findings about the files of one host. */
export interface Checked {
  readonly findings: readonly Finding[];
  /** Settings that the tool applies: lines, not names. */
  readonly settings: number;
}

/** A finding whose file is a place in the list of files, so that it fits every host that has the same files. */
interface Found extends Omit<Finding, 'file' | 'message' | 'severity'> {
  readonly file: number;
  readonly severity?: Finding['severity'] | undefined;
  readonly message: (where: Where) => string;
}

/** A finding on one kernel. */
type FoundHere = Omit<Found, 'kernels'>;

/** A line, as a message names it. */
type Where = (line: Pick<Placed, 'file' | 'line'>) => string;

interface CheckedContent {
  readonly found: readonly Found[];
  readonly settings: number;
}

/** Checks files, host by host, on one machine for each kernel. Hosts with the same files are checked once. */
export class Checker {
  readonly #options: CheckerOptions;
  readonly #tool: Tool;
  readonly #other: Tool;
  readonly #kernels: readonly { readonly name: ProfileName; readonly tree: SysctlTree; readonly trials: Trials; readonly explainer: Explainer }[];
  readonly #parsed = new Map<string, ParsedFile>();
  readonly #checked = new Map<string, CheckedContent>();

  constructor(options: CheckerOptions) {
    const { profiles, like, parts, layout } = options;
    this.#options = options;
    this.#tool = TOOLS[like];
    this.#other = TOOLS[like === 'systemd' ? 'procps' : 'systemd'];
    this.#kernels = profiles.map((name) => {
      const tree = new SysctlTree({ profile: PROFILES[name], layout, parts });
      return { name, tree, trials: new Trials(tree), explainer: new Explainer(tree, parts) };
    });
  }

  /** What the files of one host would do. */
  check(files: readonly ConfigFile[], host?: string): Checked {
    const key = JSON.stringify(files.map(({ path, text, unreadable, missing, place, identity = path }) => [
      typeof place === 'number' ? path.slice(path.lastIndexOf('/') + 1) : '', text, unreadable, missing, place, files.findIndex((each) => (each.identity ?? each.path) === identity),
    ]));
    const known = this.#checked.get(key) ?? this.#checkContent(files);
    if (this.#checked.size >= MOST_CACHED) this.#checked.clear();
    this.#checked.set(key, known);
    const findings = known.found.map(({ file, line, setting, value, kind, severity, kernels, message }): Finding => ({
      ...(host !== undefined && { host }),
      file: files[file]?.path ?? '', line, setting, value, kind, severity: severity ?? KINDS[kind].severity, kernels,
      message: message((other) => (other.file === file ? `line ${other.line}` : `${files[other.file]?.path ?? ''}:${other.line}`)),
    }));
    return { findings, settings: known.settings };
  }

  #checkContent(files: readonly ConfigFile[]): CheckedContent {
    const problems = files.flatMap((file, index): Found[] => {
      const missing = file.missing === true && this.#tool.missesFiles ? 'is a link that leads nowhere' : undefined;
      const problem = file.unreadable ?? missing ?? problemOf(file.text ?? '');
      if (problem === undefined) return [];
      return [{ file: index, line: null, setting: null, value: null, kind: 'unreadable', kernels: this.#options.profiles, message: () => problem }];
    });
    const usable = files.map((file, index) => (problems.some((each) => each.file === index) ? { ...file, text: '' } : file));
    const own = this.#linesOf(usable, this.#tool);
    const others = this.#linesOf(usable, this.#other);
    const found = [...problems, ...this.#syntax(usable), ...superseded(usable, own, this.#options.profiles)];
    const merged = new Map<string, Found & { kernels: string[] }>();
    for (const { name, tree, trials, explainer } of this.#kernels) {
      const other = { tool: this.#other, trial: trials.run(this.#other, others) };
      const mine = { tool: this.#tool, trial: trials.run(this.#tool, own) };
      const here = [...trialFindings(mine.trial, tree, explainer), ...withoutMatch(own, tree, this.#tool), ...differences(mine, other, files, trials)];
      for (const each of here) {
        const key = JSON.stringify([each.file, each.line, each.setting, each.kind, each.severity, each.message(({ file, line }) => `${file}:${line}`)]);
        const same = merged.get(key);
        if (same === undefined) merged.set(key, { ...each, kernels: [name] });
        else if (!same.kernels.includes(name)) same.kernels.push(name);
      }
    }
    const all = [...found, ...merged.values()].sort((a, b) => a.file - b.file || (a.line ?? 0) - (b.line ?? 0));
    return { found: all, settings: own.filter(({ value }) => value !== undefined).length };
  }

  #parse(tool: Tool, text: string): ParsedFile {
    const key = `${tool.name}\n${text}`;
    const known = this.#parsed.get(key) ?? tool.parse(text);
    if (this.#parsed.size >= MOST_CACHED) this.#parsed.clear();
    this.#parsed.set(key, known);
    return known;
  }

  /** What a tool reads in files, in order. */
  #linesOf(files: readonly ConfigFile[], tool: Tool): readonly Placed[] {
    return filesInOrder(files, tool).flatMap((file) => this.#parse(tool, files[file]?.text ?? '').assignments.map((each) => ({ ...each, file })));
  }

  #syntax(files: readonly ConfigFile[]): Found[] {
    const common = { setting: null, kind: 'syntax', kernels: this.#options.profiles } as const;
    return filesInOrder(files, this.#tool).flatMap((file) => {
      const { bad, assignments } = this.#parse(this.#tool, files[file]?.text ?? '');
      return [
        ...bad.map(({ line, text, message }): Found => ({ ...common, file, line, value: readable(text).slice(0, LONGEST_QUOTED), message: () => message })),
        ...assignments.filter(({ value, path }) => value === undefined && isGlob(path) && !this.#tool.excludesGlobs).map(({ line, name }): Found => ({
          ...common, file, line, value: `-${readable(name)}`, severity: 'warning',
          message: () => 'it excludes nothing: a line without a value excludes one name, without *, ? or [',
        })),
      ];
    });
  }
}

/** The part of a finding that a line without a setting has. */
const LONGEST_QUOTED = 200;

/** Why a text is not a sysctl.d file. */
function problemOf(text: string): string | undefined {
  if (text.includes('\0')) return 'is not a text file: it has NUL bytes';
  if (text.length > MOST_BYTES) return 'is longer than 1 MiB, and no configuration is: it is not checked';
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines > MOST_LINES ? `has more than ${MOST_LINES} lines, and no configuration has: it is not checked` : undefined;
}

function settingOf({ path }: Pick<Placed, 'path'>): string {
  return readable(dottedName(path));
}

function about(by: Placed, path = by.path): Pick<Found, 'file' | 'line' | 'setting' | 'value'> {
  return { file: by.file, line: by.line, setting: settingOf({ path }), value: by.value === undefined ? null : readable(by.value) };
}

/** Lines whose name a later line sets too. There is no finding about files of packages, which the machine's owner overrides on purpose. */
function superseded(files: readonly ConfigFile[], lines: readonly Placed[], kernels: readonly string[]): Found[] {
  const last = new Map<string, Placed>();
  for (const each of lines) if (each.value !== undefined) last.set(each.path, each);
  return lines.flatMap((each): Found[] => {
    const winner = last.get(each.path);
    if (each.value === undefined || winner?.value === undefined || winner === each) return [];
    const [own, other] = [files[each.file], files[winner.file]];
    const sameFile = (own?.identity ?? own?.path) === (other?.identity ?? other?.path);
    if (sameFile && each.file !== winner.file) return [];
    const value = show(readable(winner.value));
    if (sameFile) return [{ ...about(each), kind: 'duplicate', kernels, message: (where) => `${where(winner)} sets it again, to ${value}` }];
    if (saysTheSame(each.value, winner.value) || rankOf(own) > rankOf(other)) return [];
    return [{ ...about(each), kind: 'overridden', kernels, message: (where) => `${where(winner)} sets it to ${value}` }];
  });
}

/** Files of less rank are those of the machine's owner. */
function rankOf(file: ConfigFile | undefined): number {
  return typeof file?.place === 'number' ? file.place : 0;
}

/** The results of the writes of one trial. */
function trialFindings({ writes, undone }: Trial, tree: SysctlTree, explainer: Explainer): FoundHere[] {
  const setBefore = new Map<string, Placed>();
  const found = writes.flatMap((write): FoundHere[] => {
    const { by, path, attempt, shows, logged } = write;
    const common = (): ReturnType<typeof about> => about(by, path);
    const earlier = setBefore.get(path);
    if (attempt.result === 'written' || attempt.result === 'kept') setBefore.set(path, by);
    const deprecations = logged.filter(({ level, text }) => level <= WARNING_LEVEL || /deprecated|obsolete/i.test(text)).map(({ text }): FoundHere => ({
      ...common(), kind: 'logged', message: () => `the kernel logs: ${text}`,
    }));
    if (attempt.result === 'left-out') return [{ ...common(), kind: 'syntax', message: () => attempt.why }];
    if (attempt.result === 'failed') return [...deprecations, ...failure(write, tree, explainer, earlier).map((each) => ({ ...common(), ...each }))];
    if (shows === undefined || saysTheSame(by.value ?? '', shows)) return deprecations;
    return [...deprecations, { ...common(), kind: 'changed', message: () => `it reads back as ${show(readable(shows))}` }];
  });
  return [...found, ...undone.map(({ by, path, culprit, shows = '' }): FoundHere => ({
    ...about(by, path), kind: 'undone',
    message: (where) => `${settingOf(culprit)} in ${where(culprit.by)} sets it to ${show(readable(shows))}`,
  }))];
}

/** Globs that no file matches, which all tools pass over without a word; and all globs, to a tool that knows none. */
function withoutMatch(lines: readonly Placed[], tree: SysctlTree, { expandsGlobs, command }: Tool): FoundHere[] {
  const globs = lines.filter(({ path, value, tolerant }) => value !== undefined && !tolerant && isGlob(path));
  if (!expandsGlobs) {
    return globs.map((by): FoundHere => ({ ...about(by), kind: 'absent', message: () => `${command} takes it for a name, since it expands no globs: name each sysctl` }));
  }
  const empty = globs.filter(({ path }) => expandBraces(path).every((pattern) => matchPaths(pattern, tree, 'unsorted').length === 0));
  return empty.map((by): FoundHere => ({ ...about(by), kind: 'absent', severity: 'warning', message: () => 'no sysctl matches it' }));
}

/** The finding about a write that failed; none if the line allows it to fail. */
function failure(
  { by, path, attempt }: TrialWrite, tree: SysctlTree, explainer: Explainer, earlier: Placed | undefined,
): (Pick<Found, 'kind' | 'message' | 'severity'>)[] {
  if (attempt.result !== 'failed') return [];
  const row = tree.row(path);
  const value = by.value ?? '';
  const say = (where: Where): Explanation => {
    if (row === undefined) return explainer.absent(path);
    if (attempt.asks === 'read-write' && (row.mode & 0o222) !== 0) {
      return { kind: 'refused', message: 'it can be written and not read, and systemd-sysctl opens it to do both: write it with sysctl(8)' };
    }
    return explainer.refused(row, value, attempt.errno, earlier && where(earlier));
  };
  const { kind, severity } = say(() => '');
  if (by.tolerant && kind !== 'refused') return [];
  return [{ kind, severity: by.tolerant ? 'warning' : severity, message: (where) => say(where).message }];
}

/** Files for which the two tools end with different values: the message for the last line that sets each. */
function differences(own: TrialOf, other: TrialOf, files: readonly ConfigFile[], trials: Trials): FoundHere[] {
  if (sameState(own.trial.state, other.trial.state)) return [];
  const paths = [...new Set([...own.trial.writes, ...other.trial.writes].map(({ path }) => path))];
  const ends = trials.shown(own.trial, own.tool, paths);
  const otherEnds = trials.shown(other.trial, other.tool, paths);
  return [...ends].flatMap(([path, mine]): FoundHere[] => {
    const theirs = otherEnds.get(path);
    if (mine === undefined || theirs === undefined || mine === theirs || saysTheSame(mine, theirs)) return [];
    const lines = [own, other].flatMap(({ trial }) => lastLine(trial, path) ?? []);
    const by = lines.find(({ file }) => files[file]?.place === 'sysctl.conf') ?? lines[0];
    if (by === undefined) return [];
    const end = (tool: Tool, value: string): string => `${tool.command} ends with ${show(readable(value))}`;
    const unread = [own, other].find(({ tool }) => files[by.file]?.place === 'sysctl.conf' && !tool.readsSysctlConf);
    const why = unread === undefined ? '' : `: ${unread.tool.command} does not read this file, unless a link such as /etc/sysctl.d/99-sysctl.conf leads to it`;
    return [{ ...about(by, path), kind: 'differs', message: () => `${end(own.tool, mine)}, ${end(other.tool, theirs)}${why}` }];
  });
}

interface TrialOf {
  readonly tool: Tool;
  readonly trial: Trial;
}

function lastLine({ writes }: Trial, path: string): Placed | undefined {
  return writes.findLast((write) => write.path === path)?.by;
}
