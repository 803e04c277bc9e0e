// Apart from transport.ts, which each transport imports: this file imports each transport.
import { devFuseTransport } from './dev-fuse/dev-fuse.ts';
import { mayMount } from './dev-fuse/mount-command.ts';
import { fuseNativeTransport } from './fuse-native.ts';
import type { Transport, TransportName } from './transport.ts';

/** dev-fuse wherever this process may mount, and fuse-native, which has fusermount(1) do it, elsewhere. */
const autoTransport: Transport = {
  name: 'auto',
  mount: async (source, options) => ((await mayMount()) ? devFuseTransport : fuseNativeTransport).mount(source, options),
};

/** The transports by the name `--transport` takes. */
export const TRANSPORTS = { auto: autoTransport, 'dev-fuse': devFuseTransport, 'fuse-native': fuseNativeTransport } as const satisfies Record<TransportName, Transport>;
