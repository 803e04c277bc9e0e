// Files below /dev: /dev/kmsg alone. The folder may import vfs, kernel and abi. Start with devKmsg() below.
import type { Kernel } from '../../kernel/kernel.ts';
import {
  devkmsgLlseek, devkmsgOpen, devkmsgPoll, devkmsgRead, devkmsgRelease, type DevkmsgUser, devkmsgWrite,
} from '../../kernel/printk/devkmsg.ts';
import { ERRNO } from '../../abi/errno.ts';
import type { FileNode, OpenFile } from '../../vfs/node.ts';

/**
 * /dev/kmsg: reads the log of the kernel by record, and writes to it. It is a regular file here: a character device on a mount would be
 * that of the real kernel. Source: kernel/printk/printk.c (kmsg_fops).
 */
export function devKmsg(kernel: Kernel): FileNode {
  const users = new WeakMap<OpenFile, DevkmsgUser>();
  const of = <Value>(file: OpenFile, work: (user: DevkmsgUser) => Value): Value | number => {
    const user = users.get(file);
    return user === undefined ? -ERRNO.EBADF : work(user);
  };
  return {
    kind: 'file',
    mode: 0o644,
    size: 0,
    seeking: 'records',
    splices: false,
    handler: {
      open(file) {
        const user = devkmsgOpen(kernel, file.flags, file.caller);
        if (typeof user === 'number') return user;
        users.set(file, user);
        return 0;
      },
      read: (file, _position, length, flags) => of(file, (user) => devkmsgRead(kernel, user, length, flags)),
      write: (file, _position, data) => of(file, (user) => devkmsgWrite(kernel, user, data)),
      lseek: (file, offset, whence) => of(file, (user) => devkmsgLlseek(kernel, user, offset, whence)),
      poll: (file) => of(file, (user) => devkmsgPoll(kernel, user)),
      release: (file) => {
        of(file, (user) => kernel.enter(undefined, () => devkmsgRelease(kernel, user)));
        return undefined;
      },
    },
  };
}
