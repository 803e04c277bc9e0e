// Starts CMD among the emulated files, as the second process of their pid namespace, and tells how it ended. It does what a shell cannot:
// hand an environment on as it is, and tell a signal from an exit status. All its descriptors are closed on exec. Arguments: the socket
// by which exec is reached, and the pid of init as exec knows it.
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { FromLauncher, Launch, ToLauncher } from './launcher-messages.ts';

const [socketPath = '', init = ''] = process.argv.slice(2);
/** Signals of the terminal come to CMD without our help; others exec passes on by the socket. */
for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const) process.on(signal, () => undefined);

let child: ChildProcess | undefined;
const socket = connect(socketPath);

function finish(message: FromLauncher): void {
  socket.end(`${JSON.stringify(message)}\n`);
}

function launch({ command, args, env }: Launch): void {
  try {
    child = spawn(command, args, { stdio: 'inherit', env });
  } catch (error) {
    finish({ errno: (error as NodeJS.ErrnoException).code ?? 'EINVAL' });
    return;
  }
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (child?.pid === undefined) finish({ errno: error.code ?? 'EIO' });
  });
  child.on('exit', (status, signal) => { finish(signal === null ? { status: status ?? 0 } : { killed: signal }); });
}

socket.on('connect', () => { socket.write(`${JSON.stringify({ init: Number(init) } satisfies FromLauncher)}\n`); });
socket.on('error', () => undefined);
// When exec has gone, however it went, so does init, and everything with it.
socket.on('close', () => { process.exitCode = 0; child?.unref(); });
createInterface({ input: socket }).on('error', () => undefined).on('line', (line) => {
  const message = JSON.parse(line) as ToLauncher;
  if ('launch' in message) launch(message.launch);
  else child?.kill(message.signal);
});
