/** How the service manager that started this process can be told things. */
export interface NotifyEnvironment {
  /** The address of its datagram socket: a path, or a name in the abstract namespace with `@` before it. */
  readonly socket: string;
  /** It wants a sign of life at least so often, in microseconds; absent where it wants none of this process. */
  readonly watchdogUsec?: number;
}

const VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/**
 * Takes the variables of sd_notify(3) and sd_watchdog_enabled(3) out of an environment: they are meant for this process, and none of its
 * children is to speak for it. Undefined where there is no service manager to tell.
 */
export function takeNotifyEnvironment(env: Record<string, string | undefined>, pid: number): NotifyEnvironment | undefined {
  const [socket, usec, watched] = VARIABLES.map((name) => env[name]);
  for (const name of VARIABLES) delete env[name];
  if (socket === undefined || socket === '') return undefined;
  const watchdogUsec = /^[0-9]+$/.test(usec ?? '') && (watched === undefined || watched === String(pid)) ? Number(usec) : 0;
  return { socket, ...(watchdogUsec > 0 && { watchdogUsec }) };
}
