import { describe, expect, test } from 'vitest';
import { LOOPBACK, type MachineParts } from '../../src/kernel/sysctl/machine-parts.ts';
import { withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { filesBelow, listedFiles, shownBy } from '../support/listed-files.ts';
import { testMachine } from '../support/machine.ts';
import { RECORDED_KERNELS } from '../support/recorded-writes.ts';
import { type Counts, known } from '../support/recording.ts';

/** Both interfaces of that machine were made by the driver dummy, whatever their names. */
const RECORDED: MachineParts = {
  interfaces: [LOOPBACK, { name: 'dummy0', kind: 'no-arp' }, { name: 'eth0.100', kind: 'no-arp' }],
  modules: withNeeded(['nf_conntrack', 'br_netfilter', 'tcp_bbr', 'sch_fq']), without: [],
};

/** Fewer files than any recorded kernel has. */
const AT_LEAST = { plain: 600, more: 300 } as const;

const PLAIN: Counts = { '7.3': 649, '6.12': 630, '6.1': 602 };
const MORE: Counts = { '7.3': 310, '6.12': 316, '6.1': 311 };

describe.each(RECORDED_KERNELS)('/proc/sys/net of %s', (profile) => {
  const plain = listedFiles(`proc-sys-files.${profile}.txt`, 'net');
  const more = listedFiles(`proc-sys-files-more.${profile}.txt`, 'net');

  test('with the interface lo has the recorded files and no others', () => {
    expect(filesBelow(testMachine({ profile }), 'net').sort()).toEqual(plain.map(({ path }) => path).sort());
    expect(plain.length).toBeGreaterThan(AT_LEAST.plain);
    expect(plain).toHaveLength(known(PLAIN, profile, plain.length));
  });

  test('with the interface lo: each has the recorded mode and boot value', () => {
    const machine = testMachine({ profile });
    expect(plain.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(plain);
  });

  test('with two interfaces and four modules has the recorded files in addition, and no others', () => {
    expect(filesBelow(testMachine({ profile, parts: RECORDED }), 'net').sort()).toEqual([...plain, ...more].map(({ path }) => path).sort());
    expect(more.length).toBeGreaterThan(AT_LEAST.more);
    expect(more).toHaveLength(known(MORE, profile, more.length));
  });

  test('with two interfaces and four modules: each has the recorded mode and boot value', () => {
    const machine = testMachine({ profile, parts: RECORDED });
    expect(more.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(more);
  });
});
