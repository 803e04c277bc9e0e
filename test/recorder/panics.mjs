// The panics: one boot each. A block of the golden is a title and the lines of the console from the first that matches to the last.

/** What a script says to the console where the block may begin. */
const ARMED = 'vmsysctld: armed';

/**
 * qemu's command for an uncorrected error that scrubbing found: CPU 0, bank 9, status (valid, uncorrected, enabled, with an address, signalled,
 * memory scrubbing), MCG_STATUS (RIPV, MCIP), the address, and MISC that says it is a physical one.
 */
const machineCheck = (address) => `mce -b 0 9 0xbd000000000000c0 0x5 ${address} 0x8c`;

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
    // The first, of page 0xf1, taints the kernel and says that it does; the second, of page 0xf0, is recorded.
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
    // Scrubbing is what Intel's machine checks know of, and this model decodes.
    cpu: 'Skylake-Server,vendor=GenuineIntel',
    from: new RegExp(ARMED),
    first: /Machine check events logged/,
    last: /Rebooting in 2 seconds\.\./,
  },
];

/** What the script of a panic prints, before the name, when the kernel lacks a sysctl. */
export const ABSENT = 'absent ';

/** The script of a panic: sysctls as `directory/name=value`, then the command that does it. */
export function panicScript({ before, command }) {
  const set = before.map((each) => {
    const [name, value] = each.split('=');
    return `[ -e /proc/sys/${name} ] || { echo '${ABSENT}${name}'; exit; }\necho ${value} >/proc/sys/${name}\n`;
  });
  return `${set.join('')}${command}\n`;
}
