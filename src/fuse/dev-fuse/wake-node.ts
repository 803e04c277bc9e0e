import { FUSE_NOTIFY, FUSE_NOTIFY_RETRIEVE_OUT, FUSE_ROOT_ID } from '../../abi/fuse-protocol.ts';
import { notification } from './reply.ts';

/**
 * The id of a node that exists only between this transport and Linux: a file without permissions, by a name that is drawn for each mount,
 * that no directory lists. Whoever asks Linux to hand out what it has cached of the file (NOTIFY_RETRIEVE) has it send a request to the thread
 * that reads them (NOTIFY_REPLY): the one way to wake that thread from its read that works from any thread, whatever became of the
 * mount point. It has to be a regular file that Linux has not forgotten.
 */
export const WAKE_NODE_ID = FUSE_ROOT_ID + 1;

/** The message to Linux that wakes the thread. */
export function wakeMessage(): Uint8Array {
  const { bytes, put } = notification(FUSE_NOTIFY.RETRIEVE, FUSE_NOTIFY_RETRIEVE_OUT.size);
  const { fields } = FUSE_NOTIFY_RETRIEVE_OUT;
  // Linux sends the request under this number: an odd one, as its own are not.
  put(fields.notify_unique, 1);
  put(fields.nodeid, WAKE_NODE_ID);
  return bytes;
}
