import type { Effect, PrintkRecord } from '../kernel/effect.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { LOG_FORMATS, type LogFormatName } from '../kernel/printk/log-format.ts';
import type { MachineEvent } from './machine.ts';

/** A record of the log, and the hostname of the machine at that time. */
interface Entry {
  readonly record: PrintkRecord;
  readonly hostname: string;
}

/** All effects of a machine, stored: the daemon would write and carry them out. */
export class Journal {
  readonly events: MachineEvent[] = [];
  readonly #entries: Entry[] = [];
  readonly #kernel: Kernel;
  readonly #startWallMs: number;

  constructor(kernel: Kernel, startWallMs: number) {
    this.#kernel = kernel;
    this.#startWallMs = startWallMs;
    this.collect();
  }

  /** Takes the effects since the last call. */
  collect(): void {
    const hostname = String(this.#kernel.values.get('kernel.hostname'));
    for (const effect of this.#kernel.takeEffects()) this.#add(effect, hostname);
  }

  /** Every line of the log, without newlines. */
  lines(format: LogFormatName): string[] {
    const startWallMs = this.#startWallMs;
    return this.#entries.flatMap(({ record, hostname }) => LOG_FORMATS[format](record, { hostname, startWallMs }).slice(0, -1).split('\n'));
  }

  #add(effect: Effect, hostname: string): void {
    if (effect.kind === 'printk') this.#entries.push({ record: effect.record, hostname });
    else this.events.push(effect);
  }
}
