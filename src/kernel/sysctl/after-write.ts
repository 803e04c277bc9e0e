import type { CtlTable, SysctlHost, SysctlMessage } from './ctl-table.ts';

/** The integers a sysctl holds; one 0 for a name that holds none. */
export function integersOf(host: SysctlHost, name: string): readonly bigint[] {
  const value = host.values.get(name);
  return typeof value === 'object' ? value : [0n];
}

/**
 * What one file's handler does around the generic one, read from its row: the check and the final value of what was stored (0, or the negative
 * errno that refuses it after all), then the sysctls set along with it and the log lines. `old` is the value before the write. Like the
 * kernel, it does not check whether the write had a value: an empty write, or one ignored for its position, comes here too.
 */
export function afterWrite(host: SysctlHost, entry: CtlTable, old: readonly bigint[]): number {
  const refused = entry.check?.refuses(integersOf(host, entry.name)[0] ?? 0n, old[0] ?? 0n, host) ?? 0;
  if (refused < 0) {
    if (!entry.check?.keepsRefused) host.values.set(entry.name, old);
    return refused;
  }
  if (entry.settle) host.values.set(entry.name, [entry.settle(host, integersOf(host, entry.name)[0] ?? 0n, old[0] ?? 0n)]);
  const stored = integersOf(host, entry.name);
  const changed = stored[0] !== old[0];
  if (entry.zeroes && (changed || entry.zeroes.when === 'accepted')) host.values.set(entry.zeroes.name, [0n]);
  if (entry.twin !== undefined && entry.twinScale === undefined) host.values.set(entry.twin, stored);
  logMessages(host, entry, changed ? ['accepted', 'changed'] : ['accepted']);
  return 0;
}

/** Logs the lines of a row that are due. */
export function logMessages(host: SysctlHost, entry: CtlTable, due: readonly SysctlMessage['when'][]): void {
  if (!entry.messages) return;
  const value = integersOf(host, entry.name)[0] ?? 0n;
  for (const message of entry.messages) {
    if (!due.includes(message.when) || (message.value !== undefined && message.value !== value)) continue;
    const ended = `${entry.name}#ended`;
    if (message.endsWith && host.values.has(ended)) continue;
    if (message.endsWith?.(value)) host.values.set(ended, [1n]);
    if (message.once !== undefined) {
      if (host.values.has(message.once)) continue;
      host.values.set(message.once, [1n]);
    }
    host.printk(message.level, message.text(host.caller, value), message.unfinished && 'unfinished');
  }
}
