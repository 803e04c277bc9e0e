import type { ErrnoName } from '../abi/errno.ts';

/** An option or a command is wrong. The message is one line: what is wrong, and what would be right. */
export class MachineOptionError extends Error {
  override readonly name = 'MachineOptionError';
}

/**
 * A read or a write of a file failed. As with errors of node:fs, `code` is the name of the errno, such as `EINVAL`, and `path` the file.
 */
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
