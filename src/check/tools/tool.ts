// The programs that apply sysctl.d files: what each reads, in which order it writes, and how it writes. The folder imports its parent, abi/
// and nothing else. Start at Tool below; systemd.ts and procps.ts are the two.
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
  | { readonly result: 'failed'; readonly errno: number; readonly asks?: 'read-write' };

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
  /** The lines of a file. */
  parse(text: string): ParsedFile;
  /** What it writes, in order, on a machine with these files. */
  plan(lines: readonly Placed[], tree: SysctlTree): readonly PlannedWrite[];
  /** Writes one value. */
  write(tree: SysctlTree, path: string, value: string): Attempt;
}
