/** The kinds of findings, with what each says and how bad it is unless a finding itself says otherwise. */
export const KINDS = {
  unreadable: { severity: 'error', about: 'the file cannot be read, so that nothing is known of its settings' },
  syntax: { severity: 'error', about: 'the line is not a setting, and the tool skips it' },
  absent: { severity: 'error', about: 'the kernel has no such sysctl' },
  refused: { severity: 'error', about: 'the kernel refuses the value' },
  'read-only': { severity: 'error', about: 'the sysctl cannot be written' },
  'write-once': { severity: 'error', about: 'the kernel refuses the value, since an earlier line set what only a reboot takes back' },
  undone: { severity: 'error', about: 'the kernel takes the value, and a later line has the side effect of changing it' },
  changed: { severity: 'warning', about: 'the kernel takes the value, and the sysctl reads back another' },
  overridden: { severity: 'warning', about: 'a later file sets another value' },
  duplicate: { severity: 'warning', about: 'the same file sets it again' },
  differs: { severity: 'warning', about: 'systemd-sysctl and sysctl --system end with different values' },
  logged: { severity: 'warning', about: 'the kernel logs a warning when it is written' },
} as const satisfies Record<string, { readonly severity: Severity; readonly about: string }>;

export type FindingKind = keyof typeof KINDS;
export const SEVERITIES = ['error', 'warning'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A report about a line, or about a file. */
export interface Finding {
  readonly file: string;
  /** From 1; null for the whole file. */
  readonly line: number | null;
  /** Dotted name and value, as the line has them; null where it has none. */
  readonly setting: string | null;
  readonly value: string | null;
  readonly kind: FindingKind;
  readonly severity: Severity;
  /** The kernels that it is true of, as `--profile` names them. */
  readonly kernels: readonly string[];
  /** What is wrong, and what would be right. */
  readonly message: string;
  /** The host that the file is of, where files of several are checked. */
  readonly host?: string;
}
