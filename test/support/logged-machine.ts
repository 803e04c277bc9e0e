import { mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LOG_FORMATS } from '../../src/kernel/printk/log-format.ts';
import type { ReserveFile } from '../../src/daemon/log/reserve.ts';
import { type Log, openLog } from '../../src/daemon/log/log.ts';
import { operationalLog } from '../../src/daemon/operational-log.ts';
import { Admission } from '../../src/daemon/log/admission.ts';
import { EffectPerformer } from '../../src/daemon/perform-effects.ts';
import { servedFiles } from '../../src/daemon/served-files.ts';
import type { Filesystem } from '../../src/fuse/filesystem.ts';
import { assembleMachine } from '../../src/machine/assemble-machine.ts';
import type { ControlledMachine } from '../../src/control/controlled-machine.ts';

/** A filesystem that the test can fill and make fail. The log itself is a real file. Only what fits reaches it. */
export interface Disk {
  /** Free bytes. */
  free: number;
  /** The errno, positive, with which a write fails after it has taken this many bytes. */
  broken?: { readonly errno: number; after: number } | undefined;
  /** Takes all free space when the log has released its reserve: another program was faster. */
  greedy?: boolean;
}

/** A machine served in this process, with its log on a disk that the test controls. */
export interface LoggedMachine {
  readonly disk: Disk;
  readonly machine: ControlledMachine;
  readonly files: Filesystem;
  readonly writer: Log;
  /** All lines that the machine has printed, in the form of the log. */
  readonly printed: string[];
  /** The content of the log. */
  log(): string;
  /** write(2) of a text to a file opened for it, or the negative errno of open(2). */
  write(path: string, text: string): number;
  read(path: string): string;
  /** The state of the machine, without what changes only with time. */
  state(): string;
  end(): void;
}

function failure(errno: number): Error {
  return Object.assign(new Error(`errno ${errno}`), { errno: -errno });
}

function reserveOn(disk: Disk, device: number): ReserveFile {
  const reserve = {
    size: 0, device,
    fill(bytes: number) {
      const taken = Math.max(0, Math.min(disk.free, bytes - reserve.size));
      disk.free -= taken;
      reserve.size += taken;
      return reserve.size >= bytes ? 0 : -28;
    },
    release() {
      const had = reserve.size;
      disk.free = disk.greedy === true ? 0 : disk.free + had;
      reserve.size = 0;
      return had > 0;
    },
    close: () => undefined,
  };
  return reserve;
}

export function loggedMachine(): LoggedMachine {
  const directory = mkdtempSync(join(tmpdir(), 'logged-'));
  const path = join(directory, 'log');
  const disk: Disk = { free: Infinity };
  const { machine, vfs } = assembleMachine({
    profile: '7.3', memory: { memoryBytes: 2 ** 30 }, seed: 1, clock: () => 0, devices: true, reserve: (records) => admission.reserve(records),
  });
  const printed: string[] = [];
  const writer = openLog(path, (record) => {
    const lines = LOG_FORMATS.dmesg(record);
    printed.push(lines);
    return lines;
  }, {
    now: () => 0,
    openReserve: () => reserveOn(disk, statSync(path).dev),
    write(fd, bytes, offset) {
      const most = disk.broken ? Math.min(disk.free, disk.broken.after) : disk.free;
      const count = Math.min(most, bytes.length - offset);
      if (count === 0) throw failure(disk.broken && disk.free > 0 ? disk.broken.errno : 28);
      disk.free -= count;
      if (disk.broken) disk.broken.after -= count;
      return writeSync(fd, bytes, offset, count);
    },
  });
  if ('why' in writer) throw new Error(writer.why);
  const log = operationalLog(false, 'error');
  const performer = new EffectPerformer({ kernel: machine.kernel, log: writer, operationalLog: log, wake: () => undefined });
  const admission = new Admission(machine.kernel, writer, performer);
  if (performer.perform() < 0) throw new Error('no boot');
  const files = servedFiles(vfs, { performer, admission, log });
  return {
    disk, machine, files, writer, printed,
    log: () => readFileSync(path, 'utf8'),
    write(file, text) {
      const handle = files.open(file, 1);
      if (handle < 0) return handle;
      const begun = files.write(handle, 0, Buffer.from(text));
      let answer = typeof begun === 'number' ? begun : undefined;
      while (answer === undefined && typeof begun !== 'number') answer = begun.proceed();
      files.release(handle);
      return answer ?? 0;
    },
    read(file) {
      const handle = files.open(file, 0);
      const bytes = files.read(handle, 0, 1 << 20);
      files.release(handle);
      return bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : String(bytes);
    },
    state() {
      const values = [...machine.kernel.values].map(([name, value]) => `${name}=${String(value)}`);
      const events = machine.commandLog.commands.map(({ command, result }) => `${command}: ${result}`);
      const { stats } = machine.kernel.failures;
      return JSON.stringify([values, events, stats, machine.faults.inForce(), machine.commandLog.lastError, machine.kernel.boots, machine.kernel.log.end]);
    },
    end() {
      disk.free = Infinity;
      disk.broken = undefined;
      writer.close();
      rmSync(directory, { recursive: true });
    },
  };
}
