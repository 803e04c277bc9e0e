import { beforeEach, describe, expect, it } from 'vitest';
import { O } from '../../src/abi/file-calls.ts';
import { FUSE_NOTIFY, FUSE_NOTIFY_STORE_OUT } from '../../src/abi/fuse-protocol.ts';
import { clientSize, ClientSizes, keepsOwnSize } from '../../src/fuse/dev-fuse/client-sizes.ts';

/** Bytes of fuse_out_header, whose `error` is the code of the notification. */
const HEADER = 16;

describe('the sizes that Linux remembers of open files', () => {
  let clock: number;
  let sent: { code: number; offset: number; bytes: number }[];
  let sizes: ClientSizes;
  let node: { id: number; size: ReturnType<typeof clientSize> };
  const READER = 100;
  const OTHER = 200;

  beforeEach(() => {
    clock = 0;
    sent = [];
    node = { id: 7, size: clientSize() };
    sizes = new ClientSizes({
      now: () => clock,
      send: (bytes) => {
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        const { offset: [offsetAt], size: [sizeAt] } = FUSE_NOTIFY_STORE_OUT.fields;
        expect(bytes.byteLength - HEADER - FUSE_NOTIFY_STORE_OUT.size).toBe(view.getUint32(HEADER + sizeAt, true));
        sent.push({ code: view.getInt32(4, true), offset: Number(view.getBigUint64(HEADER + offsetAt, true)), bytes: view.getUint32(HEADER + sizeAt, true) });
      },
    });
  });

  /** A reader opens the file, and reads all of it as pages. */
  const splice = (handle: number): void => {
    sizes.opened(node, handle, O.rdonly, READER);
    sizes.read(node, handle, true);
  };

  it('are raised by the first reader that opens a file, and again only after pages were read', () => {
    sizes.opened(node, 1, O.rdonly, READER);
    sizes.opened(node, 2, O.rdonly, OTHER);
    expect(sent).toEqual([{ code: FUSE_NOTIFY.STORE, offset: 2 ** 27, bytes: 1 }]);
    sizes.read(node, 1, true);
    for (const handle of [1, 2]) sizes.released(node, handle);
    sizes.opened(node, 3, O.rdonly, READER);
    expect(sent.slice(1)).toEqual([{ code: FUSE_NOTIFY.STORE, offset: 2 ** 27 + 4096, bytes: 1 }]);
  });

  it('stay raised when stat(2) asks: a store of no bytes makes them newer, and Linux keeps the permissions that it remembers', () => {
    sizes.opened(node, 1, O.rdonly, READER);
    sizes.shown(node, READER);
    sizes.shown(node, OTHER);
    const touch = { code: FUSE_NOTIFY.STORE, offset: 2 ** 27 + 4096, bytes: 0 };
    expect(sent.slice(1)).toEqual([touch, touch]);
    sizes.released(node, 1);
    sizes.shown(node, OTHER);
    expect(sent).toHaveLength(3);
  });

  it('come with the names of a directory, unless somebody reads the file, or the last program opened it first and asked then', () => {
    expect(keepsOwnSize(node.size)).toBe(false);
    sizes.opened(node, 1, O.rdonly, READER);
    expect(keepsOwnSize(node.size)).toBe(true);
    sizes.released(node, 1);
    expect(keepsOwnSize(node.size)).toBe(false);
    sizes.opened(node, 2, O.rdonly, READER);
    sizes.asked(node, READER);
    sizes.released(node, 2);
    expect(keepsOwnSize(node.size)).toBe(true);
    sizes.asked(node, OTHER);
    expect(keepsOwnSize(node.size)).toBe(false);
    sizes.opened(node, 3, O.rdonly, READER);
    sizes.released(node, 3);
    expect(keepsOwnSize(node.size)).toBe(false);
  });

  it('are left as they are while another reader may look for the end in the pages that were read', () => {
    splice(1);
    // It requests no pages, because those of the other reader are enough.
    sizes.opened(node, 2, O.rdonly, OTHER);
    sizes.released(node, 1);
    clock += 600;
    sizes.opened(node, 3, O.rdonly, READER);
    expect(sent).toHaveLength(1);
    for (const handle of [2, 3]) sizes.released(node, handle);
    sizes.opened(node, 4, O.rdonly, OTHER);
    expect(sent).toHaveLength(2);
  });

  it('are not made newer while another reader may not have used its reply', () => {
    splice(1);
    clock += 600;
    expect(sizes.unsettled(node, READER)).toBe(false);
    expect(sizes.unsettled(node, OTHER)).toBe(true);
    sizes.released(node, 1);
    expect(sizes.unsettled(node, OTHER)).toBe(false);
  });

  it('wait a second for a reader that keeps the file open, and less when the text may be longer now', () => {
    splice(1);
    clock += 1000;
    expect(sizes.unsettled(node, OTHER)).toBe(false);
    sizes.opened(node, 2, O.rdonly, OTHER);
    expect(sent).toHaveLength(2);
    sizes.written(node, 3, 0, 2);
    clock += 40;
    sizes.read(node, 2, true);
    sizes.opened(node, 4, O.rdonly, OTHER);
    expect(sent).toHaveLength(2);
    clock += 10;
    sizes.read(node, 4, true);
    sizes.opened(node, 5, O.rdonly, OTHER);
    expect(sent).toHaveLength(3);
  });
});
