/** How to notify the service manager that started this process. */
export interface NotifyEnvironment {
  /** The address of its datagram socket: a path, or a name in the abstract namespace with `@` before it. */
  readonly socket: string;
  /** The longest time between two signs of life, in microseconds. Absent: the manager expects none from this process. */
  readonly watchdogUsec?: number;
}

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * Removes the variables of sd_notify(3) and sd_watchdog_enabled(3) from an environment: they are for this process, and its children must
 * not use them. Returns what they say; undefined if there is no service manager.
 */
export function takeNotifyEnvironment(env: Record<string, string | undefined>, pid: number): NotifyEnvironment | undefined {
  const [socket, usec, watched] = VARIABLES.map((name) => env[name]);
  for (const name of VARIABLES) delete env[name];
  if (socket === undefined || socket === '') return undefined;
  const watchdogUsec = /^[0-9]+$/.test(usec ?? '') && (watched === undefined || watched === String(pid)) ? Number(usec) : 0;
  return { socket, ...(watchdogUsec > 0 && { watchdogUsec }) };
}
