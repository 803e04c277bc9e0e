import { BLOCKS } from '../../src/abi/file-calls.ts';
import { assembleMachine, type AssemblyOptions } from '../../src/machine/assemble-machine.ts';
import type { ControlledMachine } from '../../src/control/controlled-machine.ts';
import type { Vfs } from '../../src/vfs/vfs.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A machine to test in this process: its files by path, its log lines in order, and a clock that only the test moves. */
export interface TestMachine {
  readonly machine: ControlledMachine;
  readonly vfs: Vfs;
  /** Microseconds. A test may set it. */
  readonly clock: { usec: number };
  /** write(2) of a text to a file opened for it: what it returns, or the negative errno of open(2). */
  write(path: string, text: string): number;
  /** All of a file, or the negative errno of open(2) or read(2). */
  read(path: string): string | number;
  /** `level,text` of the log lines since the last call. */
  lines(): string[];
}

export function testMachine({ memoryBytes = 2 ** 30, ...options }: Partial<AssemblyOptions> & { memoryBytes?: number } = {}): TestMachine {
  const clock = { usec: 0 };
  const { machine, vfs } = assembleMachine({ profile: '7.3', memory: { memoryBytes }, seed: 1, clock: () => clock.usec, ...options });
  machine.kernel.takeEffects();
  return {
    machine,
    vfs,
    clock,
    write(path, text) {
      const handle = vfs.open(path, 1);
      if (handle < 0) return handle;
      try {
        return vfs.write(handle, 0, encoder.encode(text));
      } finally {
        vfs.release(handle);
      }
    },
    read(path) {
      const handle = vfs.open(path, 0);
      if (handle < 0) return handle;
      const bytes = vfs.read(handle, 0, 1 << 20);
      vfs.release(handle);
      if (bytes === BLOCKS) throw new Error(`${path} has nothing to read yet`);
      return typeof bytes === 'number' ? bytes : decoder.decode(bytes);
    },
    lines() {
      return machine.kernel
        .takeEffects()
        .flatMap((effect) => (effect.kind === 'printk' ? [`${effect.record.level},${effect.record.text}`] : []));
    },
  };
}
