import { LOG_LEVEL, type LogLevel } from '../../../abi/log-level.ts';
import { integersOf } from '../after-write.ts';
import { type CtlTable, dottedName, type ProcHandler, sysctl, type SysctlHost } from '../ctl-table.ts';
import { procDoLargeBitmap } from '../proc-do-large-bitmap.ts';
import { procDointvec, procDointvecMinmax, procDou8vecMinmax, procDouintvec } from '../proc-dointvec.ts';
import { procDostring } from '../proc-dostring.ts';

const DIRECTORY = 'debug/test_sysctl';
/** SYSCTL_TEST_BITMAP_SIZE. */
const BITS = 65_536;
const UINT = `${DIRECTORY}/uint_0001`;
const UINT_BOOT = 314n;

/** The first byte of the number of `uint_0001`, as a file of its own. */
const firstByteOfUint: ProcHandler = {
  read(host, entry, position, length) {
    host.values.set(entry.name, [firstByte(host)]);
    return procDou8vecMinmax.read(host, entry, position, length);
  },
  write(host, entry, position, data) {
    const old = firstByte(host);
    host.values.set(entry.name, [old]);
    const answer = procDou8vecMinmax.write(host, entry, position, data);
    const name = dottedName(UINT);
    host.values.set(name, [(integersOf(host, name)[0] ?? 0n) - old + (integersOf(host, entry.name)[0] ?? 0n)]);
    return answer;
  },
  takes: procDou8vecMinmax.takes,
};

function firstByte(host: SysctlHost): bigint {
  return BigInt.asUintN(8, integersOf(host, dottedName(UINT))[0] ?? 0n);
}

/** The files that the module test_sysctl adds, for the kernel's own tests of sysctls. Source: lib/test_sysctl.c. */
export const TEST_SYSCTL_SYSCTLS: readonly CtlTable[] = [
  sysctl(`${DIRECTORY}/int_0001`, procDointvecMinmax, { boot: [60n], extra1: 0n, extra2: 100n }),
  sysctl(`${DIRECTORY}/int_0002`, procDointvec, { boot: [1n] }),
  sysctl(`${DIRECTORY}/int_0003`, procDointvec, { boot: [0n, 1n, 2n, 3n] }),
  sysctl(`${DIRECTORY}/match_int`, procDointvec, { mode: 0o444, boot: [1n] }),
  sysctl(`${DIRECTORY}/boot_int`, procDointvec, { boot: [0n] }),
  sysctl(UINT, procDouintvec, { boot: [UINT_BOOT] }),
  sysctl(`${DIRECTORY}/string_0001`, procDostring, { boot: '(none)' }),
  sysctl(`${DIRECTORY}/bitmap_0001`, procDoLargeBitmap, { boot: '', maxlen: BITS }),
  sysctl(`${DIRECTORY}/u8_valid`, firstByteOfUint, { boot: [BigInt.asUintN(8, UINT_BOOT)], extra1: 0n, extra2: 200n }),
];

/** Directories of it without files. */
export const TEST_SYSCTL_DIRECTORIES: readonly string[] = [`${DIRECTORY}/mnt`, `${DIRECTORY}/empty_add/empty`];

/** What it makes the kernel refuse when it is loaded, and log. Mirrors get_subdir() and sysctl_err() (fs/proc/proc_sysctl.c). */
export const TEST_SYSCTL_LINES: readonly (readonly [LogLevel, string])[] = [
  [LOG_LEVEL.err, `sysctl could not get directory: /${DIRECTORY}/mnt/mnt_error -30`],
  ...['u8_over', 'u8_under'].map((name): [LogLevel, string] => (
    [LOG_LEVEL.err, `sysctl table check failed: ${DIRECTORY}/${name} range value too large for proc_dou8vec_minmax`]
  )),
];
