import { block, driverFile, FIRMWARE, RECORD } from './cper.mjs';

// The panics: one boot each. A block of the golden is a title and the lines of the console from the first that matches to the last.

/** What a script prints on the console at the place where the block may begin. */
const ARMED = 'vmsysctld: armed';

/**
 * qemu's command for an uncorrected error found by scrubbing: CPU 0, bank 9, status (valid, uncorrected, enabled, with an address,
 * signalled, memory scrubbing), MCG_STATUS (RIPV, MCIP), the address, and a MISC that marks it as physical.
 */
const machineCheck = (address) => `mce -b 0 9 0xbd000000000000c0 0x5 ${address} 0x8c`;

/** Machine checks that do not panic, as qemu's command takes them: CPU, bank, status, MCG_STATUS, address, MISC. */
export const MACHINE_CHECKS = [
  { name: 'corrected', mce: '0 1 0x9c0000000000009f 0x0 0x12345000 0x8c' },
  { name: 'corrected, DRAM', mce: '0 4 0x9c080000000c0813 0x0 0x12346000 0x8c' },
  { name: 'corrected, CPU 1, no address', mce: '1 2 0x9000000000000150 0x0 0x0 0x0' },
  { name: 'deferred', mce: '0 3 0x9c00100000000135 0x0 0x12347000 0x8c' },
  { name: 'overflow', mce: '0 1 0xdc0000000000009f 0x0 0x12348040 0x86' },
];

export const PANICS = [
  {
    before: ['kernel/panic=3', 'vm/panic_on_unrecoverable_memory_failure=1'],
    command: 'mfcases hard reserved',
    first: /Memory failure: /,
    last: /Rebooting in 3 seconds\.\./,
  },
  {
    title: '# kernel.panic=0, vm.memory_failure_recovery=0, a free page:',
    before: ['kernel/panic=0', 'vm/memory_failure_recovery=0'],
    command: 'mfcases hard buddy',
    first: /Kernel panic/,
    last: /---\[ end Kernel panic/,
  },
];

const CORRUPT = 'echo 0xf0 >/sys/kernel/debug/hwpoison/corrupt-pfn';

export const PANICS_MORE = [
  {
    title: '# vm.panic_on_unrecoverable_memory_failure=1, through corrupt-pfn, kernel.panic=2:',
    before: ['kernel/panic=2', 'vm/panic_on_unrecoverable_memory_failure=1'],
    command: CORRUPT,
    first: /Kernel panic/,
    last: /Rebooting in 2 seconds\.\./,
  },
  {
    title: '# sysrq c on a kernel tainted with 16, kernel.panic=0:',
    before: ['kernel/panic=0', 'kernel/tainted=16'],
    command: 'echo c >/proc/sysrq-trigger',
    first: /Kernel panic/,
    last: /---\[ end Kernel panic/,
  },
  {
    title: '# vm.memory_failure_recovery=0, through corrupt-pfn, kernel.panic=-1:',
    before: ['kernel/panic=-1', 'vm/memory_failure_recovery=0'],
    command: CORRUPT,
    first: /Kernel panic/,
    last: /Kernel Offset: /,
  },
  {
    title: '# hard_offline_page on a kernel tainted with 192 (DIE, USER), kernel.panic=0:',
    before: ['kernel/panic=0', 'kernel/tainted=192', 'vm/panic_on_unrecoverable_memory_failure=1'],
    command: 'echo 0xf0000 >/sys/devices/system/memory/hard_offline_page',
    first: /Kernel panic/,
    last: /---\[ end Kernel panic/,
  },
  {
    title: '# a machine check of the kind "memory scrubbing, action optional" on a kernel tainted by one before, kernel.panic=2:',
    before: ['kernel/panic=2', 'vm/panic_on_unrecoverable_memory_failure=0'],
    // The first, of page 0xf1, taints the kernel and prints that. The second, of page 0xf0, is recorded.
    command: `
      echo first
      until grep -q '[1-9]' /sys/devices/system/node/node0/memory_failure/total; do sleep 1; done
      echo 1 >/proc/sys/vm/panic_on_unrecoverable_memory_failure
      echo ${ARMED} >/dev/kmsg
      echo second
      sleep 100`,
    monitor: [
      { after: 'first', command: machineCheck('0xf1000') },
      { after: 'second', command: machineCheck('0xf0000') },
    ],
    // Only Intel's machine checks know scrubbing, and this CPU model decodes them.
    cpu: 'Skylake-Server,vendor=GenuineIntel',
    from: new RegExp(ARMED),
    first: /Machine check events logged/,
    last: /Rebooting in 2 seconds\.\./,
  },
  {
    title: '# a machine check of that kind, vm.memory_failure_recovery=0, kernel.panic=2:',
    before: ['kernel/panic=2', 'vm/memory_failure_recovery=0'],
    command: `echo ${ARMED} >/dev/kmsg; echo armed; sleep 100`,
    monitor: [{ after: 'armed', command: machineCheck('0xf0000') }],
    cpu: 'Skylake-Server,vendor=GenuineIntel',
    from: new RegExp(ARMED),
    first: /Machine check events logged/,
    last: /Rebooting in 2 seconds\.\./,
  },
];

/** Writes /record to the place from which the firmware reports: first its body, then the status that marks it as complete. */
const REPORT = `
  dd if=/record of=/dev/mem bs=1 skip=4 seek=${RECORD + 4} conv=notrunc 2>/dev/null
  dd if=/record of=/dev/mem bs=1 count=4 seek=${RECORD} conv=notrunc 2>/dev/null
  sleep 20`;
const withRecord = (memory, severity, more = {}) => ({ ...FIRMWARE, files: { record: block([{ severity, memory }]).toString('latin1'), ...more } });
const RESERVED = 0xf0000;
const FATAL = { status: 0x400, phys: 0x12345000, mask: 0xfffffffffffff000n, node: 0, card: 1, module: 2, kind: 3 };
/** The lines of a report begin with this one. */
const REPORTED = { from: /Hardware error from APEI/, first: /Hardware error from APEI/ };

export const PANICS_HARDWARE = [
  {
    title: '# a fatal memory error reported by GHES, kernel.panic=2:',
    before: ['kernel/panic=2'],
    ...REPORTED,
    command: REPORT,
    firmware: withRecord(FATAL, 'fatal'),
    last: /Rebooting in 2 seconds\.\./,
  },
  {
    title: '# the same with kernel.panic=0:',
    before: ['kernel/panic=0'],
    ...REPORTED,
    command: REPORT,
    firmware: withRecord({ kind: 3 }, 'fatal'),
    last: /---\[ end Kernel panic/,
  },
  {
    title: '# a recoverable error of a reserved page, vm.panic_on_unrecoverable_memory_failure=1, kernel.panic=2:',
    before: ['kernel/panic=2', 'vm/panic_on_unrecoverable_memory_failure=1'],
    ...REPORTED,
    command: REPORT,
    firmware: withRecord({ phys: RESERVED, kind: 3 }, 'recoverable'),
    last: /Rebooting in 2 seconds\.\./,
  },
  {
    title: '# a recoverable error of a reserved page, vm.memory_failure_recovery=0, kernel.panic=2:',
    before: ['kernel/panic=2', 'vm/memory_failure_recovery=0'],
    ...REPORTED,
    command: REPORT,
    firmware: withRecord({ phys: RESERVED, kind: 3 }, 'recoverable'),
    last: /Rebooting in 2 seconds\.\./,
  },
  {
    title: '# a fatal machine check (uncorrected, context corrupt), kernel.panic=2:',
    before: ['kernel/panic=2'],
    command: `echo ${ARMED} >/dev/kmsg; echo armed; sleep 20`,
    monitor: [{ after: 'armed', command: 'mce -b 0 4 0xbe00000000080813 0x4 0x12345000 0x8c' }],
    from: new RegExp(ARMED),
    first: /Hardware Error/,
    last: /Rebooting in \d+ seconds\.\./,
  },
  ...(process.env.GHES_EDAC === undefined ? [] : [{
    title: '# a recoverable error with edac_mc_panic_on_ue=1, kernel.panic=2:',
    before: ['kernel/panic=2'],
    ...REPORTED,
    command: `insmod /ghes_edac.ko; echo 1 >/sys/module/edac_core/parameters/edac_mc_panic_on_ue; ${REPORT}`,
    firmware: withRecord({ phys: 0x12345000, kind: 3 }, 'recoverable', driverFile()),
    last: /Rebooting in 2 seconds\.\./,
  }]),
];

/** What the script of a panic prints before the name of a sysctl that the kernel lacks. */
export const ABSENT = 'absent ';

/** The script of a panic: sysctls as `directory/name=value`, then the command that causes it. */
export function panicScript({ before, command }) {
  const set = before.map((each) => {
    const [name, value] = each.split('=');
    return `[ -e /proc/sys/${name} ] || { echo '${ABSENT}${name}'; exit; }\necho ${value} >/proc/sys/${name}\n`;
  });
  return `${set.join('')}${command}\n`;
}
