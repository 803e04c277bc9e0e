import { readFileSync } from 'node:fs';
import { O } from '../../abi/file-calls.ts';
import type { Filesystem, LongWork } from '../../fuse/filesystem.ts';
import { ALL_CAPABILITIES, type Caller, capabilitySet, UNKNOWN_CALLER } from '../../abi/caller.ts';
import { hex } from '../../abi/printable.ts';
import type { Effect } from '../../kernel/effect.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { dottedName } from '../../kernel/sysctl/ctl-table.ts';
import { KEPT_CAPABILITIES } from './kept-capabilities.ts';
import type { RefusedOpen } from './diff.ts';
import { type ReportedCaller, type ReportedInjection, type ReportedPanic, type ReportedReboot, type ReportedSysctl, resultText, timeOf, type ReportedVerdict, valueText, writtenText } from './report.ts';

const SYSCTLS = '/proc/sys/';
/** Files that inject errors, or that undo them. */
const INJECTS = /^\/(?:control|sys\/devices\/system\/memory\/(?:hard|soft)_offline_page|sys\/kernel\/debug\/hwpoison\/(?:corrupt|unpoison)-pfn)$/;

/** Records what is done to a machine through its files, for the report. */
export class Recorder {
  readonly sysctls: ReportedSysctl[] = [];
  readonly injections: ReportedInjection[] = [];
  readonly panics: ReportedPanic[] = [];
  readonly reboots: ReportedReboot[] = [];
  /** Opens of sysctls for writing that were refused, before anything could be written. */
  readonly refusedOpens: RefusedOpen[] = [];
  #verdicts: ReportedVerdict[] = [];

  /** Receives the effects of the machine, before the write that caused them is answered. */
  observe(kernel: Kernel, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'memory-failure') {
        const { pfn, page, action } = effect;
        this.#verdicts.push({ pfn: hex(pfn), page, action });
      } else if (effect.kind === 'panic') {
        this.panics.push({ ...timeOf(kernel), text: effect.text });
      }
    }
  }

  /** CMD has called reboot(2). */
  rebooted(kernel: Kernel, halted: boolean): void {
    this.reboots.push({ ...timeOf(kernel), halted });
  }

  /** The files, with a record of each write. The machine knows the writer by its pid in the namespace of the run. */
  watch(files: Filesystem, kernel: Kernel): Filesystem {
    const paths = new Map<number, string>();
    return {
      ...files,
      open: (path, flags, caller) => {
        const inner = innerCaller(caller);
        const handle = files.open(path, flags, inner);
        if (handle >= 0) paths.set(handle, path);
        else if ((flags & O.accmode) !== O.rdonly && path.startsWith(SYSCTLS)) {
          this.refusedOpens.push({ name: dottedName(path.slice(SYSCTLS.length)), result: resultText(handle), comm: (inner ?? UNKNOWN_CALLER).comm });
        }
        return handle;
      },
      access: (path, asked, caller) => files.access(path, asked, innerCaller(caller)),
      truncate: (path, size, caller) => files.truncate(path, size, innerCaller(caller)),
      utimens: (path, now, caller) => files.utimens(path, now, innerCaller(caller)),
      refuse: (change, path, caller) => files.refuse(change, path, innerCaller(caller)),
      read: (handle, position, length, caller, flags) => files.read(handle, position, length, innerCaller(caller), flags),
      write: (handle, position, data, given) => {
        const caller = innerCaller(given);
        return this.#write(kernel, paths.get(handle) ?? '', data, caller, () => files.write(handle, position, data, caller));
      },
      release: (handle) => {
        paths.delete(handle);
        return files.release(handle);
      },
    };
  }

  #write(kernel: Kernel, file: string, data: Uint8Array, caller: Caller | undefined, work: () => number | LongWork): number | LongWork {
    const isSysctl = file.startsWith(SYSCTLS);
    if (!isSysctl && !INJECTS.test(file)) return work();
    const name = dottedName(file.slice(SYSCTLS.length));
    const old = kernel.values.get(name);
    // Read before the write: a caller that the panic kills has no name any more, and the machine may have booted again.
    const { pid, uid, comm } = caller ?? UNKNOWN_CALLER;
    const by: ReportedCaller = { pid, uid, comm };
    const time = timeOf(kernel);
    const verdicts: ReportedVerdict[] = [];
    this.#verdicts = verdicts;
    const done = (answer: number): number => {
      const written = { ...time, file, wrote: writtenText(data), result: resultText(answer), by };
      if (isSysctl) this.sysctls.push({ name, ...written, old: valueText(old), new: valueText(kernel.values.get(name)) });
      else this.injections.push({ ...written, verdicts });
      return answer;
    };
    const begun = work();
    if (typeof begun === 'number') return done(begun);
    // Other writes may come between two slices.
    return {
      proceed: () => {
        this.#verdicts = verdicts;
        const answer = begun.proceed();
        return answer === undefined ? undefined : done(answer);
      },
      stop: () => {
        this.#verdicts = verdicts;
        return done(begun.stop());
      },
    };
  }
}

const LEFT = capabilitySet(KEPT_CAPABILITIES);

/** A task of the run's pid namespace, by its pid there. That is the number that it knows itself by, and that the machine logs. */
class InnerCaller implements Caller {
  readonly #outer: Caller;
  #pid: number | undefined;

  constructor(outer: Caller) {
    this.#outer = outer;
  }

  get pid(): number {
    this.#pid ??= innermostPid(this.#outer.pid);
    return this.#pid;
  }

  get uid(): number {
    return this.#outer.uid;
  }

  get gid(): number | undefined {
    return this.#outer.gid;
  }

  get comm(): string {
    return this.#outer.comm;
  }

  /** The capabilities on the machine: a caller with all that exec left to CMD's root has those of the machine's root. */
  get capabilities(): bigint | undefined {
    const held = this.#outer.capabilities;
    return held !== undefined && (held & LEFT) === LEFT ? ALL_CAPABILITIES : held;
  }
}

function innermostPid(pid: number): number {
  try {
    const [, inner] = /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
    return inner === undefined ? pid : Number(inner);
  } catch {
    return pid;
  }
}

/** A caller that is looked up only when its pid is needed. */
export function innerCaller(caller: Caller | undefined): Caller | undefined {
  return caller && new InnerCaller(caller);
}
