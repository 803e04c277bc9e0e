// A small filesystem, transport-service.mjs, behind a real transport, in a process of its own: a test that used a mount of its own process
// would wait for itself. Run by fork() as: transport-server.mjs TRANSPORT MOUNT_POINT [--allow-other]. Sends its parent {event: 'ready' |
// 'failed' | 'gone' | 'unmounted' | 'error', …} and for each open, read, write, truncate and release {event: 'call', …}. It takes {command:
// 'unmount' | 'end'} and {command: 'say', word}, which the service sends back.
import { BroadcastChannel } from 'node:worker_threads';
import { prepareMountPoint } from '../../../build/daemon/mount-point.js';
import { TRANSPORTS } from '../../../build/fuse/transports.js';

const tell = (message) => { if (process.connected) process.send(message); };
const channel = new BroadcastChannel('transport-service');
channel.onmessage = ({ data }) => { tell(data); };
channel.unref();

try {
  const mountPoint = await prepareMountPoint(process.argv[3]);
  const source = { module: new URL('transport-service.mjs', import.meta.url).href, data: undefined };
  const mounted = await TRANSPORTS[process.argv[2]].mount(source, { mountPoint, allowOther: process.argv.includes('--allow-other') });
  void mounted.gone.then(() => { tell({ event: 'gone' }); });
  process.on('message', ({ command, word }) => {
    if (command === 'say') mounted.command(word);
    if (command === 'end') process.exit(0);
    if (command === 'unmount') {
      mounted.unmount().then(() => { tell({ event: 'unmounted' }); }, (error) => { tell({ event: 'failed', message: String(error) }); });
    }
  });
  tell({ event: 'ready', mountPoint });
} catch (error) {
  process.send({ event: 'failed', message: String(error) }, () => { process.exit(1); });
}
