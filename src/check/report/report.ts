// How findings are written: a file for each form. The folder imports its parent and abi/. Start at Report below, which every form takes.
import type { Finding } from '../finding.ts';

/** What a report is made of. */
export interface Report {
  readonly findings: readonly Finding[];
  /** Files read, lines that set something, hosts (0: the files are of one machine that has no name), and the kernels they were tried on. */
  readonly files: number;
  readonly settings: number;
  readonly hosts: number;
  readonly kernels: readonly string[];
  /** The version of this program. */
  readonly version: string;
}

/** The kernels of a finding, as a message names them; empty where it is true of all. */
export function onKernels({ kernels }: Finding, all: readonly string[]): string {
  return kernels.length === all.length ? '' : `on ${kernels.join(', ')}`;
}

/** A finding in one sentence: `vm.swappiness=300 is refused: …`. */
export function sentence(finding: Finding, all: readonly string[]): string {
  const { setting, value, kind, message } = finding;
  const what = [...(setting ?? value ?? '')].length === 0 ? '' : setting === null ? value : value === null ? setting : `${setting}=${value}`;
  const where = onKernels(finding, all);
  return [what, `${what === '' ? '' : ' '}${kind}`, where === '' ? '' : ` ${where}`, `: ${message}`].join('');
}

/**
 * A text of 16 hexadecimal digits for each finding, which stays the same when lines are added above. The order distinguishes two that are alike.
 * Mirrors FNV-1a with 64 bits.
 */
export function fingerprints(findings: readonly Finding[]): string[] {
  const seen = new Map<string, number>();
  return findings.map(({ file, setting, value, kind, message }) => {
    const key = JSON.stringify([file, setting, value, kind, message.replace(/\bline \d+/g, 'line')]);
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    let hash = 0xcbf29ce484222325n;
    for (const byte of new TextEncoder().encode(`${key} ${count}`)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
    return hash.toString(16).padStart(16, '0');
  });
}

/** A path as tools that know a repository want it: without `./` at its begin. */
export function repositoryPath(path: string): string {
  return path.replace(/^(?:\.\/+)+/, '');
}
