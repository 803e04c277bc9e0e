/**
 * The emulated machine as a library: what `import … from 'vmsysctld'` gives. It is the pure model that a mount has behind its files, for unit tests of
 * programs that write sysctls, inject memory errors, or read what a kernel says of them. Importing it loads no module of Node's.
 *
 * The folder imports check/, machine/ and what these import: never the daemon, fuse or the command line. Start at createMachine() in
 * create-machine.ts; machine.ts is the interface, emulated-machine.ts its implementation.
 *
 * @module
 */
export { check } from './check.ts';
export { createMachine } from './create-machine.ts';
export { MachineFileError, MachineOptionError } from './machine.ts';
export type { CheckedFile, CheckOptions } from './check.ts';
export type { Finding, FindingKind, Severity } from '../check/finding.ts';
export type { ControlResult, ErrorSeverity, HardwareError, Injection, Machine, MachineCounters, MachineEvent, Result } from './machine.ts';
export type { MachineOptions } from './machine.ts';
export type { ErrnoName } from '../abi/errno.ts';
export type { PageTypeName } from '../kernel/memory/page-types.ts';
export type { Race } from '../kernel/memory-failure/injection.ts';
export type { Via } from '../kernel/memory-failure/injection.ts';
export type { LogFormatName } from '../kernel/printk/log-format.ts';
export type { ProfileName } from '../kernel/profiles/names.ts';
