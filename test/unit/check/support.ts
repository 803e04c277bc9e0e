import { Checker } from '../../../src/check/check.ts';
import type { ConfigFile } from '../../../src/check/files.ts';
import { placeOf } from '../../../src/check/files.ts';
import type { ToolName } from '../../../src/check/tools/tool-names.ts';
import { layOutMemory } from '../../../src/kernel/memory/layout.ts';
import type { ProfileName } from '../../../src/kernel/profiles/names.ts';
import { LOOPBACK, netInterface } from '../../../src/kernel/sysctl/machine-parts.ts';

export interface Asked {
  readonly profiles?: readonly ProfileName[];
  readonly like?: ToolName;
  readonly interfaces?: readonly string[];
  readonly modules?: readonly string[];
}

export function checkerOf({ profiles = ['7.3'], like = 'systemd', interfaces = [], modules = [] }: Asked = {}): Checker {
  const found = interfaces.flatMap((name) => netInterface(name) ?? []);
  return new Checker({ profiles, like, parts: { interfaces: [LOOPBACK, ...found], modules, without: [] }, layout: layOutMemory({ memoryBytes: 2 ** 30 }) });
}

/** Files by path, as they lie on a machine. */
export function filesOf(texts: Readonly<Record<string, string>>): ConfigFile[] {
  return Object.entries(texts).map(([path, text]) => ({ path, text, place: placeOf(path) }));
}

/** Findings as `FILE:LINE SEVERITY KIND SETTING=VALUE: MESSAGE`. */
export function found(texts: Readonly<Record<string, string>> | string, asked: Asked = {}): string[] {
  const files = filesOf(typeof texts === 'string' ? { 'a.conf': texts } : texts);
  return checkerOf(asked).check(files).findings.map(({ file, line, severity, kind, setting, value, message }) =>
    `${file}:${line} ${severity} ${kind} ${setting}${value === null ? '' : `=${value}`}: ${message}`);
}
