// Apart from transport.ts, which each transport imports: this file imports each transport.
import { devFuseTransport } from './dev-fuse/dev-fuse.ts';
import { mayMount } from './dev-fuse/mount-command.ts';
import { loadFuseNative } from './fuse-native-library.ts';
import { fuseNativeTransport } from './fuse-native.ts';
import { TransportError, type Transport, type TransportName } from './transport.ts';

/** dev-fuse if this process may mount, otherwise fuse-native, which mounts through fusermount(1). */
const autoTransport: Transport = {
  name: 'auto',
  async mount(source, options) {
    if (await mayMount()) return devFuseTransport.mount(source, options);
    try {
      loadFuseNative();
    } catch (error) {
      const other = error instanceof Error ? error.message : String(error);
      throw new TransportError(`mounting takes root, in a container with --cap-add SYS_ADMIN --device /dev/fuse. Other users need fuse-native: ${other}`, { cause: error });
    }
    return fuseNativeTransport.mount(source, options);
  },
};

/** The transports by the name `--transport` takes. */
export const TRANSPORTS = { auto: autoTransport, 'dev-fuse': devFuseTransport, 'fuse-native': fuseNativeTransport } as const satisfies Record<TransportName, Transport>;
