import type { ErrnoName } from '../abi/errno.ts';

/** What a machine was asked for cannot be: an option, or a command, is wrong. The message is one line that says what would be right. */
export class MachineOptionError extends Error {
  override readonly name = 'MachineOptionError';
}

/** A file refused to be read or written. As with errors of node:fs, `code` is the name of the errno, such as `EINVAL`, and `path` the file. */
export class MachineFileError extends Error {
  override readonly name = 'MachineFileError';
  readonly code: ErrnoName;
  readonly syscall: 'read' | 'write';
  readonly path: string;

  constructor(code: ErrnoName, syscall: 'read' | 'write', path: string) {
    super(`${code}: cannot ${syscall} ${path}`);
    this.code = code;
    this.syscall = syscall;
    this.path = path;
  }
}
