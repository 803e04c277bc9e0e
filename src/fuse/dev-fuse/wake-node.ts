import { FUSE_NOTIFY, FUSE_NOTIFY_RETRIEVE_OUT, FUSE_ROOT_ID } from '../../abi/fuse-protocol.ts';
import { notification } from './reply.ts';

/**
 * The id of a node that only this transport and Linux know: a file without permissions, with a random name for each mount, that no
 * directory lists. If a thread asks Linux for the cached pages of the file (NOTIFY_RETRIEVE), Linux sends a request to the thread that
 * reads requests (NOTIFY_REPLY). Nothing else wakes that thread from its read, from any thread and whatever happened to the mount point.
 * The node must be a regular file that Linux has not forgotten.
 */
export const WAKE_NODE_ID = FUSE_ROOT_ID + 1;

/** The message to Linux that wakes the thread. */
export function wakeMessage(): Uint8Array {
  const { bytes, put } = notification(FUSE_NOTIFY.RETRIEVE, FUSE_NOTIFY_RETRIEVE_OUT.size);
  const { fields } = FUSE_NOTIFY_RETRIEVE_OUT;
  // Linux sends the request with this number. It is odd; the numbers of Linux's own requests are even.
  put(fields.notify_unique, 1);
  put(fields.nodeid, WAKE_NODE_ID);
  return bytes;
}
