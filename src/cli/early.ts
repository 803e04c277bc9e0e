import type { Host } from './host.ts';

/** What a command needs whatever its options say. */
export type Early = Pick<Host, 'worker' | 'probe'>;

/** Node.js starts no thread in a current directory that has been removed, which the command line says better. */
function isSomewhere(): boolean {
  try {
    return process.cwd() !== '';
  } catch {
    return false;
  }
}

/** What is begun for a command of this name. Loading is most of what starting takes: each brings only what it needs. */
const EARLY: Readonly<Record<string, (args: readonly string[]) => Promise<Early>>> = {
  async mount(args) {
    const [{ prepareServingWorker }, { MACHINE_SERVICE }, { probeEarly }] = await Promise.all([
      import('../fuse/dev-fuse/serving-worker.ts'), import('../daemon/machine-service-module.ts'), import('../daemon/mount-point-probe.ts'),
    ]);
    return {
      worker: isSomewhere() ? prepareServingWorker(MACHINE_SERVICE) : undefined,
      // The mount point, where it comes first.
      probe: args[1] !== undefined && /^[^-]/.test(args[1]) ? probeEarly(args[1]) : undefined,
    };
  },
};

/** Begins, before the command line is understood, what takes its time: threads and processes that start meanwhile. */
export async function beginEarly(args: readonly string[]): Promise<Early> {
  const [name = ''] = args;
  return Object.hasOwn(EARLY, name) ? await EARLY[name]?.(args) ?? {} : {};
}
