import type { Host } from './host.ts';

/** What a command needs whatever its options say. */
export type Early = Pick<Host, 'prepared'>;

/** What is begun for a command of this name. Loading is most of what starting takes: each brings only what it needs. */
const EARLY: Readonly<Record<string, (args: readonly string[]) => Promise<Early>>> = {
  async exec(args) {
    const [{ prepareExec }, { EXEC_SERVICE }] = await Promise.all([
      import('../daemon/exec/prepare.ts'), import('../daemon/exec/exec-service-module.ts'),
    ]);
    const prepared = prepareExec(args, EXEC_SERVICE);
    // Who asks for it hears of a failure, but may begin to wait later.
    prepared.catch(() => undefined);
    return { prepared };
  },
};

/** Begins, before the command line is understood, what takes its time: threads and processes that start meanwhile. */
export async function beginEarly(args: readonly string[]): Promise<Early> {
  const [name = ''] = args;
  return Object.hasOwn(EARLY, name) ? await EARLY[name]?.(args) ?? {} : {};
}
