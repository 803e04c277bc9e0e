import { ERRNO } from '../../abi/errno.ts';
import { LOG_LEVEL } from '../../abi/log-level.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { directory, type DirectoryNode, type FileNode } from '../../vfs/node.ts';
import { shownFile, textFile } from '../../vfs/text-file.ts';

/** Every file of sysfs has the size of a page. A write takes at most one page. */
export const SYSFS_SIZE = 4096;

/** A read-only file with a text, mostly one line. */
export function attributeFile(render: () => string): FileNode {
  return shownFile(render, SYSFS_SIZE);
}

/** A read-only file with a constant line. */
export function constantFile(value: string): FileNode {
  return attributeFile(() => `${value}\n`);
}

export interface Stored {
  readonly mode: number;
  readonly show?: () => string;
  /** Takes the bytes of a write, never none: 0 or a negative errno. */
  readonly store: (data: Uint8Array) => number;
}

/** A file that can be written. */
export function storedFile({ mode, show, store }: Stored): FileNode {
  return {
    kind: 'file',
    mode,
    size: SYSFS_SIZE,
    handler: {
      ...(show && textFile(show)),
      write(_file, _position, data) {
        const piece = data.subarray(0, SYSFS_SIZE);
        return piece.length === 0 ? 0 : store(piece) || piece.length;
      },
    },
  };
}

/** The text of a write up to its first NUL, without one newline at the end: what sysfs_streq() compares. */
export function lineOf(data: Uint8Array): string {
  const nul = data.indexOf(0);
  return String.fromCharCode(...data.subarray(0, nul === -1 ? data.length : nul)).replace(/\n$/, '');
}

/** A file that stores one of a few words until the next boot, in `kernel.attributes` under `path`. */
export function choiceFile(kernel: Kernel, path: string, words: readonly string[], initial: string): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => `${kernel.attributes.get(path) ?? initial}\n`,
    store(data) {
      const word = lineOf(data);
      if (!words.includes(word)) return -ERRNO.EINVAL;
      kernel.attributes.set(path, word);
      return 0;
    },
  });
}

/** The directory `power` of a device without runtime power management, or of one that must not sleep. Source: drivers/base/power/sysfs.c. */
export function powerDirectory(kernel: Kernel, device: string, sleep?: 'forbidden'): DirectoryNode {
  const unsupported = (): number => -ERRNO.EIO;
  return directory({
    async: choiceFile(kernel, `${device}/power/async`, ['enabled', 'disabled'], 'disabled'),
    autosuspend_delay_ms: {
      kind: 'file', mode: 0o644, size: SYSFS_SIZE,
      handler: { read: unsupported, write: (_file, _position, data) => (data.length === 0 ? 0 : unsupported()) },
    },
    control: choiceFile(kernel, `${device}/power/control`, ['auto', 'on'], sleep === 'forbidden' ? 'on' : 'auto'),
    runtime_active_kids: constantFile('0'),
    runtime_active_time: constantFile('0'),
    runtime_enabled: constantFile(sleep === 'forbidden' ? 'disabled & forbidden' : 'disabled'),
    runtime_status: constantFile('unsupported'),
    runtime_suspended_time: constantFile('0'),
    runtime_usage: constantFile('0'),
  });
}

const ACTIONS = ['add', 'remove', 'change', 'move', 'online', 'offline', 'bind', 'unbind'];
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?: [0-9A-Za-z]+=[0-9A-Za-z]+)*$/i;

/** The file `uevent`: it checks the action of a write, and sends nothing. Mirrors kobject_synth_uevent() (lib/kobject_uevent.c). */
export function ueventFile(kernel: Kernel, device: string, named: string): FileNode {
  return storedFile({
    mode: 0o644,
    show: () => '',
    store(data) {
      const [action = '', ...rest] = lineOf(data).split(' ');
      const known = ACTIONS.includes(action);
      if (known && (rest.length === 0 || UUID.test(rest.join(' ')))) return 0;
      kernel.printk(LOG_LEVEL.warn, `synth uevent: ${device}: ${known ? 'incorrect uevent action arguments' : 'unknown uevent action string'}`);
      kernel.printk(LOG_LEVEL.err, `${named}: uevent: failed to send synthetic uevent: -${ERRNO.EINVAL}`);
      return -ERRNO.EINVAL;
    },
  });
}
