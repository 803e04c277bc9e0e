// The programs that apply sysctl.d files, each as what it reads, in which order it writes, and what a write of it is. The folder imports its parent,
// abi/ and nothing else. Start at Tool below; systemd.ts and procps.ts are the two, procps.ts with its releases.
import type { Placed, PlannedWrite, ParsedFile } from '../settings.ts';
import type { SysctlTree } from '../sysctl-tree.ts';
import type { ToolName } from './tool-names.ts';

/** The result of a write that a tool attempted. */
export type Attempt =
  /** It was written. */
  | { readonly result: 'written' }
  /** The file shows the value already, and the tool is content with that. */
  | { readonly result: 'kept' }
  /** It failed, with this errno. `asks`: the errno is of open(2), which was asked to read and write; it fails by the mode of the file. */
  | { readonly result: 'failed'; readonly errno: number; readonly asks?: 'read-write' }
  /** The tool does not write it, whatever the kernel would answer; and why, as a finding says it. */
  | { readonly result: 'left-out'; readonly why: string };

/** One of the programs that apply sysctl.d files: how it reads them, in which order it writes, and what a write of it is. */
export interface Tool {
  readonly name: ToolName;
  /** The command, as messages name it. */
  readonly command: string;
  /** The name of its process, which some lines of the kernel's log have. */
  readonly comm: string;
  /** Whether it reads /etc/sysctl.conf, after all else. */
  readonly readsSysctlConf: boolean;
  /** Whether a link that leads nowhere is an error for it. */
  readonly missesFiles: boolean;
  /** Whether it reads files whose name begins with a dot. */
  readonly readsHidden: boolean;
  /** Whether it expands globs. If not, a name with `*`, `?` or `[` is a name like others, and no file has it. */
  readonly expandsGlobs: boolean;
  /** Whether a line `-NAME` without a value may be a glob, which excludes all that matches. If not, it excludes one name. */
  readonly excludesGlobs: boolean;
  /** The lines of a file. */
  parse(text: string): ParsedFile;
  /** What it writes, in order, on a machine with these files. */
  plan(lines: readonly Placed[], tree: SysctlTree): readonly PlannedWrite[];
  /** Writes one value. */
  write(tree: SysctlTree, path: string, value: string): Attempt;
}
