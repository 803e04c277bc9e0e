import { ERRNO } from '../../../abi/errno.ts';
import type { ProcHandler, SysctlHost } from '../ctl-table.ts';
import { procDointvec } from '../proc-dointvec.ts';
import { readString, stringOf } from '../proc-dostring.ts';

const UUID_BYTES = 16;

/** A random UUID of version 4, variant 1. Mirrors generate_random_uuid() (lib/uuid.c). */
function generateRandomUuid({ entropy }: SysctlHost): string {
  const bytes = Array.from({ length: UUID_BYTES }, () => entropy?.integer(256) ?? 0);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** /proc/sys/kernel/random/uuid: another one at each read. Mirrors proc_do_uuid() (drivers/char/random.c). */
export const procDoUuid: ProcHandler = {
  read: (host, _entry, position, length) => readString(generateRandomUuid(host), position, length),
  write: () => -ERRNO.EPERM,
  takes: () => 'nothing',
};

/** /proc/sys/kernel/random/boot_id: drawn at the first read, and then the same until the next boot. Mirrors proc_do_uuid(). */
export const procDoBootId: ProcHandler = {
  ...procDoUuid,
  read(host, entry, position, length) {
    if (!host.values.has(entry.name)) host.values.set(entry.name, generateRandomUuid(host));
    return readString(stringOf(host, entry.name), position, length);
  },
};

/** A limit without effect: a write succeeds and changes nothing. Mirrors proc_do_rointvec() (drivers/char/random.c). */
export const procDoRointvec: ProcHandler = {
  read: procDointvec.read,
  write: (_host, _entry, _position, data) => data.length,
  takes: () => 'anything',
};
