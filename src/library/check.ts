import { Checker } from '../check/check.ts';
import { type ConfigFile, placeOf } from '../check/files.ts';
import type { Finding } from '../check/finding.ts';
import { TOOL_NAMES, type ToolName } from '../check/tools/tool-names.ts';
import { layOutMemory } from '../kernel/memory/layout.ts';
import type { ProfileName } from '../kernel/profiles/names.ts';
import { PROFILES } from '../kernel/profiles/profiles.ts';
import { list, takes, unknownWord } from '../language/words.ts';
import { MachineOptionError, type MachineOptions } from './machine.ts';
import { checkOption, memoryOf, partsOf } from './read-options.ts';

/** A file for {@link check}. */
export interface CheckedFile {
  /**
   * Where it lies. Files below `etc/sysctl.d`, `run/sysctl.d`, `usr/local/lib/sysctl.d` or `usr/lib/sysctl.d` are ordered and hidden as
   * sysctl.d(5) says; others are applied in the order given.
   */
  readonly path: string;
  /** Its content: a text, or bytes that may be no UTF-8. */
  readonly text: string | Uint8Array;
}

export interface CheckOptions extends Pick<MachineOptions, 'memory' | 'interfaces' | 'modules' | 'without'> {
  readonly files: readonly CheckedFile[];
  /** Kernels to try them on. Default `'all'`. */
  readonly profiles?: 'all' | readonly ProfileName[];
  /** Whose rules are followed: systemd-sysctl's, the default, or those of procps' `sysctl --system`. */
  readonly like?: ToolName;
}

const NAMES = ['files', 'profiles', 'like', 'memory', 'interfaces', 'modules', 'without'];

/**
 * What sysctl.d files would do on each kernel, as `vmsysctld check` finds it: in the order of the files and lines.
 *
 * @example
 * check({ files: [{ path: 'a.conf', text: 'vm.swappiness=300\n' }], profiles: ['7.3'] });
 * // [{ file: 'a.conf', line: 1, setting: 'vm.swappiness', value: '300', kind: 'refused', severity: 'error', kernels: ['7.3'],
 * //    message: "vm.swappiness takes a whole number from 0 to 200, not '300'" }]
 *
 * @throws MachineOptionError with one line, if an option is wrong
 */
export function check(options: CheckOptions): Finding[] {
  const wrong = Object.keys(options).find((name) => !NAMES.includes(name));
  if (wrong !== undefined) throw new MachineOptionError(unknownWord('option', wrong, NAMES, `there are ${list(NAMES, 'and')}`));
  const { files, profiles = 'all', like = 'systemd', ...machine } = options;
  if (!TOOL_NAMES.includes(like)) throw new MachineOptionError(takes('like', list(TOOL_NAMES, 'or'), String(like)));
  for (const [name, value] of Object.entries(machine)) if (value !== undefined) checkOption(name, value);
  const checker = new Checker({ profiles: profilesOf(profiles), like, parts: partsOf(machine), layout: layOutMemory(memoryOf(machine)) });
  return [...checker.check(filesOf(files)).findings];
}

function profilesOf(profiles: NonNullable<CheckOptions['profiles']>): readonly ProfileName[] {
  const all = Object.keys(PROFILES) as ProfileName[];
  if (profiles === 'all') return all;
  const given: readonly string[] = Array.isArray(profiles) ? profiles.map(String) : [String(profiles)];
  const unknown = given.find((name) => !all.some((each) => each === name));
  if (unknown !== undefined || given.length === 0) throw new MachineOptionError(takes('profiles', `'all', or an array of ${list(all, 'and')}`, unknown ?? ''));
  return all.filter((name) => given.includes(name));
}

function filesOf(files: CheckOptions['files']): ConfigFile[] {
  if (!Array.isArray(files)) throw new MachineOptionError(takes('files', 'an array of objects with path and text'));
  return (files as CheckOptions['files']).map(({ path, text }) => {
    if (typeof path !== 'string' || (typeof text !== 'string' && !(text instanceof Uint8Array))) {
      throw new MachineOptionError(takes('files', 'an array of objects with path and text'));
    }
    return { path, place: placeOf(path), text: bytesAsText(typeof text === 'string' ? new TextEncoder().encode(text) : text) };
  });
}

/** Bytes as a text of one character each. */
function bytesAsText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

const PIECE = 8192;
