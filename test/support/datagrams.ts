import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/**
 * The part of a service manager: it receives on a datagram socket. Perl is part of every Debian, and has such sockets; Node.js has none.
 */
const RECEIVER = `
use Socket;
socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
(my $name = $ARGV[0]) =~ s/^@/\\0/;
bind($socket, pack_sockaddr_un($name)) or die "bind: $!";
$| = 1;
print "bound\\n";
while (defined recv($socket, my $message, 65536, 0)) { print unpack("H*", $message), "\\n" }
`;

/** Why nothing can be received or sent here. Undefined if it can. */
export function cannotNotify(): string | undefined {
  if (spawnSync('perl', ['-MSocket', '-e', '1']).status !== 0) return 'no perl';
  return spawnSync('systemd-notify', ['--version']).status === 0 ? undefined : 'no systemd-notify: install systemd';
}

/** A datagram socket, and the datagrams that it received. */
export interface Receiver {
  /** As NOTIFY_SOCKET has it. */
  readonly socket: string;
  /** The messages in the order of their arrival, without the barriers between them. */
  readonly messages: readonly string[];
  /** Waits until such a message has arrived, from the `from`th on. Returns how many there are then. */
  until(wanted: RegExp, from?: number): Promise<number>;
  end(): Promise<void>;
}

/** How long a message may take to arrive, in milliseconds. */
const PATIENCE = 100_000;

/** Makes a datagram socket; `@NAME` is one of the abstract namespace. */
export async function receiveOn(socket: string): Promise<Receiver> {
  const child = spawn('perl', ['-e', RECEIVER, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout });
  const [first] = await Promise.race([once(lines, 'line'), ended.then(() => [])]) as [string?];
  if (first !== 'bound') throw new Error(`no socket on ${socket}`);
  const messages: string[] = [];
  let heard = (): void => undefined;
  lines.on('line', (line) => {
    const message = Buffer.from(line, 'hex').toString();
    if (message === 'BARRIER=1') return;
    messages.push(message);
    heard();
  });
  return {
    socket, messages,
    async until(wanted, from = 0) {
      const deadline = Date.now() + PATIENCE;
      while (!messages.slice(from).some((message) => wanted.test(message))) {
        if (Date.now() > deadline) throw new Error(`no message ${wanted} came, but ${JSON.stringify(messages)}`);
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, deadline - Date.now() + 1);
          heard = () => { clearTimeout(timer); resolve(); };
        });
      }
      return messages.length;
    },
    async end() {
      child.kill();
      await ended;
    },
  };
}
