import { describe, expect, test } from 'vitest';
import { parseBootSetting } from '../../src/machine/boot-setting.ts';
import { RECORDED_SIZE, TABLES } from '../support/sysctl-host.ts';

const parse = (setting: string): ReturnType<typeof parseBootSetting> => parseBootSetting(setting, TABLES, RECORDED_SIZE);

describe('settings that are taken', () => {
  test.each([
    ['vm.panic_on_unrecoverable_memory_failure=1', 'vm.panic_on_unrecoverable_memory_failure', [1n]],
    ['vm/swappiness=0x10', 'vm.swappiness', [16n]],
    [' vm.page-cluster = 5 ', 'vm.page-cluster', [5n]],
    ['kernel.panic=-1', 'kernel.panic', [-1n]],
    ['kernel.printk=8 4 1 7', 'kernel.printk', [8n, 4n, 1n, 7n]],
    ['kernel.printk=8', 'kernel.printk', [8n, 4n, 1n, 7n]],
    ['kernel.hostname=dax=7', 'kernel.hostname', 'dax=7'],
    ['kernel.hostname=', 'kernel.hostname', ''],
    ['kernel.printk_devkmsg=on', 'kernel.printk_devkmsg', 'on'],
    ['vm.hugetlb_optimize_vmemmap=5', 'vm.hugetlb_optimize_vmemmap', [1n]],
    ['vm.nr_hugepages=100000', 'vm.nr_hugepages', [434n]],
    ['vm.numa_zonelist_order=default', 'vm.numa_zonelist_order', 'Node'],
    ['kernel.hostname=ärger', 'kernel.hostname', Buffer.from('ärger').toString('latin1')],
  ])('%s', (setting, name, value) => {
    const parsed = parse(setting);
    expect(parsed).toMatchObject({ entry: { name }, value });
    expect('sets' in parsed && parsed.sets.get(name)).toEqual(value);
  });

  test('what the write sets along with it is reported too, and nothing else', () => {
    const parsed = parse('vm.dirty_bytes=8192');
    expect('sets' in parsed && [...parsed.sets]).toEqual([['vm.dirty_bytes', [8192n]], ['vm.dirty_ratio', [0n]]]);
    const unchanged = parse('kernel.panic_print=0');
    expect('sets' in unchanged && [...unchanged.sets]).toEqual([['kernel.panic_print', [0n]]]);
  });
});

describe('settings that are refused say what would be right', () => {
  test.each([
    ['vm.swapiness=1', "unknown sysctl 'vm.swapiness', did you mean 'vm.swappiness'?"],
    ['vm/swapiness=1', "unknown sysctl 'vm/swapiness', did you mean 'vm.swappiness'?"],
    ['swappiness=1', "unknown sysctl 'swappiness', did you mean 'vm.swappiness'?"],
    ['kernel.panic_on_oom=1', "unknown sysctl 'kernel.panic_on_oom', did you mean 'vm.panic_on_oom'?"],
    ['net.ipv4.ip_forward=1', "unknown sysctl 'net.ipv4.ip_forward': it takes the name of a file below /proc/sys, such as vm.swappiness"],
    ['=1', "unknown sysctl '': it takes the name of a file below /proc/sys, such as vm.swappiness"],
    ['vm.swappiness', 'vm.swappiness needs a value: vm.swappiness=VALUE, where VALUE is a whole number from 0 to 200'],
    ['vm.swappiness=', "vm.swappiness takes a whole number from 0 to 200, not ''"],
    ['vm.swappiness=201', "vm.swappiness takes a whole number from 0 to 200, not '201'"],
    ['vm.swappiness=60\n1', "vm.swappiness takes a whole number from 0 to 200, not '60\\x0a1'"],
    ['vm.swappiness=60 1', "vm.swappiness takes a whole number from 0 to 200, not '60 1'"],
    ['vm.memory_failure_recovery=yes', "vm.memory_failure_recovery takes 0 or 1, not 'yes'"],
    ['kernel.kexec_load_disabled=0', "kernel.kexec_load_disabled takes only 1, not '0'"],
    ['vm.percpu_pagelist_high_fraction=7', "vm.percpu_pagelist_high_fraction takes 0, or a whole number from 8 to 2147483647, not '7'"],
    ['vm.dirty_bytes=17592186040321', "vm.dirty_bytes takes a whole number from 8192 to 17592186040320, not '17592186040321'"],
    ['vm.lowmem_reserve_ratio=1 2 3 4 5 6', "vm.lowmem_reserve_ratio takes up to 5 whole numbers from 0 to 2147483647, not '1 2 3 4 5 6'"],
    ['kernel.printk_devkmsg=onx', "kernel.printk_devkmsg takes on, off or ratelimit, not 'onx'"],
    ['vm.numa_zonelist_order=zone', "vm.numa_zonelist_order takes Node or Default, not 'zone'"],
    ['kernel.oops_limit=-1', "kernel.oops_limit takes a whole number from 0 to 4294967295, not '-1'"],
    ['kernel.ostype=Plan9', 'kernel.ostype is read-only, on a real machine too'],
    ['kernel.ostype', 'kernel.ostype is read-only, on a real machine too'],
    ['kernel.hostname', 'kernel.hostname needs a value: kernel.hostname=VALUE, where VALUE is text of at most 64 bytes'],
    ['vm.drop_caches=1', 'vm.drop_caches keeps no value: write a whole number from 1 to 4 to it when the machine runs'],
    ['vm.drop_caches', 'vm.drop_caches keeps no value: write a whole number from 1 to 4 to it when the machine runs'],
    ['vm.stat_refresh=1', 'vm.stat_refresh keeps no value: write anything to it when the machine runs'],
  ])('%s', (setting, error) => {
    expect(parse(setting)).toEqual({ error });
  });
});
