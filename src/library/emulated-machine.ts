import { type ErrnoName, errnoName } from '../abi/errno.ts';
import { LOG_FORMATS, type LogFormatName } from '../kernel/printk/log-format.ts';
import { hex } from '../abi/printable.ts';
import { writeStatement, writeWord } from '../language/write.ts';
import { list, show, takes } from '../language/words.ts';
import type { ControlledMachine } from '../control/controlled-machine.ts';
import type { Vfs } from '../vfs/vfs.ts';
import {
  type ControlResult, type HardwareError, type Injection, type Machine, type MachineCounters, type MachineEvent, MachineFileError, MachineOptionError,
  type Result,
} from './machine.ts';
import { listDirectory, readFile, readPart, writeFile, writeWholly } from './files.ts';
import { Journal } from './journal.ts';

const CONTROL = '/control';
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Most milliseconds of advance(), so that a clock in µs stays exact. */
const MOST_MILLISECONDS = 1e12;

/** {@link Machine} over the files of the tree. After each call the journal collects the effects of the machine. */
export class EmulatedMachine implements Machine {
  readonly #machine: ControlledMachine;
  readonly #vfs: Vfs;
  readonly #journal: Journal;

  constructor(machine: ControlledMachine, vfs: Vfs, startWallMs: number) {
    this.#machine = machine;
    this.#vfs = vfs;
    this.#journal = new Journal(machine.kernel, startWallMs);
  }

  read(path: string): Result<{ text: string }> {
    return given(this.#call(() => readFile(this.#vfs, path)), (bytes) => ({ text: decoder.decode(bytes) }));
  }

  readBytes(path: string, position: number, length: number): Result<{ bytes: Uint8Array }> {
    return given(this.#call(() => readPart(this.#vfs, path, position, length)), (bytes) => ({ bytes: bytes.slice() }));
  }

  write(path: string, text: string): Result<{ bytes: number }> {
    const written = this.#call(() => writeFile(this.#vfs, path, encoder.encode(text)));
    return written < 0 ? failed(written) : { ok: true, bytes: written };
  }

  list(path: string): Result<{ names: readonly string[] }> {
    return given(this.#call(() => listDirectory(this.#vfs, path)), (names) => ({ names }));
  }

  cat(path: string): string {
    const result = this.read(path);
    if (!result.ok) throw new MachineFileError(result.errno, 'read', path);
    return result.text;
  }

  echo(text: string, path: string): void {
    const result = this.#call(() => writeWholly(this.#vfs, path, encoder.encode(`${text}\n`)));
    if (result < 0) throw new MachineFileError(failed(result).errno, 'write', path);
  }

  control(commands: string): ControlResult {
    const { commandLog } = this.#machine;
    const last = commandLog.commands.at(-1);
    const result = this.write(CONTROL, commands.endsWith('\n') ? commands : `${commands}\n`);
    if (result.ok) return { ok: true };
    // Of a batch that is refused no command is run.
    return commandLog.commands.at(-1) === last && commandLog.lastError !== undefined ? { ...result, refused: commandLog.lastError } : result;
  }

  inject(injection: Injection): Result {
    return this.#command('inject', injection);
  }

  error(error: HardwareError): Result {
    return this.#command('error', error);
  }

  /** Runs one command of the control file. Its keys are those of `given`, in camel case. */
  #command(name: string, given: object): Result {
    const parts = Object.entries(given).map(([camel, value]: [string, unknown]) => {
      const key = camel.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      if (value === undefined || value === false) return false;
      return value === true ? key : `${key}=${writeWord(numeral(key, value))}`;
    });
    const result = this.control(writeStatement(name, parts));
    if (!result.ok && result.refused !== undefined) throw new MachineOptionError(result.refused);
    return result;
  }

  advance(milliseconds: number): void {
    if (!(milliseconds >= 0 && milliseconds <= MOST_MILLISECONDS))
      throw new MachineOptionError(takes('advance', 'milliseconds from 0 on', String(milliseconds)));
    this.#call(() => { this.#machine.kernel.wait(Math.round(milliseconds * 1000)); });
  }

  log(format: LogFormatName = 'dmesg'): string[] {
    if (!Object.hasOwn(LOG_FORMATS, format)) throw new MachineOptionError(`a log's format is ${list(Object.keys(LOG_FORMATS), 'or')}, not ${show(String(format))}`);
    this.#arrive();
    return this.#journal.lines(format);
  }

  get events(): readonly MachineEvent[] {
    this.#arrive();
    return [...this.#journal.events];
  }

  get panic(): string | undefined {
    this.#arrive();
    return this.#machine.kernel.death?.text;
  }

  get boots(): number {
    this.#arrive();
    return this.#machine.kernel.boots;
  }

  get uptime(): number {
    this.#arrive();
    return this.#machine.kernel.uptime() / 1000;
  }

  get counters(): MachineCounters {
    this.#arrive();
    const { stats, poisonedPages } = this.#machine.kernel.failures;
    return { ...stats, poisonedPages };
  }

  #call<T>(work: () => T): T {
    try {
      return work();
    } finally {
      this.#journal.collect();
    }
  }

  /** Does what is due by the clock. */
  #arrive(): void {
    this.#call(() => { this.#machine.kernel.tick(); });
  }
}

/** A value of a command as the control file takes it. The control file refuses a wrong one. */
function numeral(key: string, value: unknown): string {
  return (key === 'pfn' || key === 'phys') && typeof value === 'number' ? hex(value) : String(value);
}

function failed(result: number): { readonly ok: false; readonly errno: ErrnoName } {
  return { ok: false, errno: errnoName(result) as ErrnoName };
}

function given<T, Given extends object>(answer: T | number, giving: (answer: T) => Given): Result<Given> {
  return typeof answer === 'number' ? failed(answer) : { ok: true, ...giving(answer) };
}
