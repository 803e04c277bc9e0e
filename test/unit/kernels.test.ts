import { describe, expect, it } from 'vitest';
import { ERRNO } from '../../src/abi/errno.ts';
import { report } from '../../src/control/report.ts';
import { statusOf } from '../../src/control/status.ts';
import { statusLines } from '../../src/cli/commands/status.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { type CtlTable, sysctl } from '../../src/kernel/sysctl/ctl-table.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { machineSysctls, rowsOf, versionsWith } from '../../src/kernel/sysctl/machine-sysctls.ts';
import { procDointvec, procDointvecMinmax } from '../../src/kernel/sysctl/proc-dointvec.ts';
import { SYSCTLS } from '../../src/kernel/sysctl/tables/tables.ts';
import { isOlder, type KernelVersion } from '../../src/kernel/version.ts';
import { createMachine } from '../../src/library/index.ts';
import { list } from '../../src/language/words.ts';
import { runCli } from '../support/cli.ts';
import { testMachine } from '../support/machine.ts';

const PANIC_SYSCTL = 'vm.panic_on_unrecoverable_memory_failure';
const PANIC_FILE = '/proc/sys/vm/panic_on_unrecoverable_memory_failure';
/** All but v4 and 7.3 lack the sysctl of the series. */
const WITHOUT = PROFILE_NAMES.filter((name) => PROFILES[name].panicsOn.length === 0);

describe('a row of /proc/sys', () => {
  const VERSIONS = ['6.1', '6.12', '7.3'] as const;
  const rows: readonly CtlTable[] = [
    sysctl('vm/new', procDointvec, { since: '6.12', boot: [1n] }),
    sysctl('vm/old', procDointvec, { until: '7.3', boot: [1n] }),
    sysctl('vm/changed', procDointvecMinmax, {
      boot: [3n], extra1: 0n, before: { '7.3': { boot: [2n] }, '6.12': { boot: [1n], extra1: undefined, handler: procDointvec } },
    }),
  ];

  it('is there since when and until when it says', () => {
    const there = VERSIONS.map((version) => rowsOf(version, rows).map(({ procname }) => procname));
    expect(there).toEqual([['old', 'changed'], ['new', 'old', 'changed'], ['new', 'changed']]);
  });

  it('is what it was before, and the oldest difference counts', () => {
    const changed = VERSIONS.map((version) => rowsOf(version, rows).find(({ procname }) => procname === 'changed'));
    expect(changed.map((row) => [row?.boot, row?.extra1, row?.handler === procDointvec])).toEqual([
      [[1n], undefined, true], [[2n], 0n, false], [[3n], 0n, false],
    ]);
    expect(changed[0]).not.toHaveProperty('extra1');
  });

  it('states no difference of a kernel that lacks the file', () => {
    for (const { path, since, before = {} } of SYSCTLS) {
      const useless = Object.keys(before).filter((version) => since !== undefined && !isOlder(since, version as KernelVersion));
      expect({ path, useless }).toEqual({ path, useless: [] });
    }
  });
});

describe.each(PROFILE_NAMES)('kernel %s', (profile) => {
  it('has each file once', () => {
    const paths = machineSysctls(PROFILES[profile], PLAIN_PARTS).map(({ path }) => path);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it('shows its release in all places', () => {
    const { read, machine } = testMachine({ profile });
    const { release, banner } = PROFILES[profile];
    expect(read('/proc/sys/kernel/osrelease')).toBe(`${release}\n`);
    expect(read('/proc/sys/kernel/version')).toBe(`${banner}\n`);
    expect(read('/proc/version')).toContain(`Linux version ${release} `);
    expect(statusOf(machine)).toMatchObject({ profile, release });
  });
});

describe.each(WITHOUT)('kernel %s, which lacks the sysctl', (profile) => {
  it('answers ENOENT, and panics for no page', () => {
    for (const type of PAGE_TYPE_NAMES) {
      const { read, write, machine } = testMachine({ profile });
      expect(read(PANIC_FILE)).toBe(-ERRNO.ENOENT);
      write('/control', `inject type=${type}\n`);
      expect(machine.kernel.death).toBeUndefined();
    }
  });

  it('is reported as such, not as 0', () => {
    const { machine } = testMachine({ profile });
    const status = statusOf(machine);
    expect(status.sysctls[PANIC_SYSCTL]).toBeNull();
    expect(report(machine)).toContain(`#   ${PANIC_SYSCTL}: not on this kernel\n`);
    expect(statusLines({ mountPoint: '/mnt', status }).find((line) => line.includes(PANIC_SYSCTL))).toMatch(/ not on this kernel$/);
  });

  it('takes no boot setting of it, and says which kernels would', async () => {
    const line = `${PANIC_SYSCTL} is not on kernel ${profile}, but on 7.3`;
    expect((await runCli('matrix', '--profile', profile, '--sysctl', `${PANIC_SYSCTL}=1`)).err).toEqual([`vmsysctld: --sysctl: ${line}`]);
    expect(() => createMachine({ profile, sysctls: { [PANIC_SYSCTL]: 1 } })).toThrow(`sysctls: ${line}`);
  });
});

describe('matrix --profile all', () => {
  it('shows every kernel side by side, and says which lack the sysctl', async () => {
    const { out, err, status } = await runCli('matrix', '--profile', 'all');
    expect({ err, status }).toEqual({ err: [], status: 0 });
    expect(out.slice(0, 3)).toEqual([
      'hard: /sys/devices/system/memory/hard_offline_page', `${PANIC_SYSCTL}=1`, `${PANIC_SYSCTL} is not on ${list(WITHOUT, 'and')}`,
    ]);
    expect(out.find((line) => line.includes(' prints'))).toMatch(new RegExp(PROFILE_NAMES.map((name) => `${name.replace('.', '\\.')} prints`).join(' .*')));
  });

  it('gives a setting to those kernels that have it', async () => {
    const { out, err } = await runCli('matrix', '--profile', 'all', '--json', '--via', 'soft-offline', '--sysctl', 'vm.enable_soft_offline=0');
    expect(err).toEqual([]);
    const results = out.map((line) => JSON.parse(line) as { type: string; profile: string; result: string }).filter(({ type }) => type === 'anon');
    expect(results.map(({ profile, result }) => [profile, result])).toEqual(PROFILE_NAMES.map((name) => [name, name === '6.1' ? 'ok' : 'EOPNOTSUPP']));
  });
});

it('versionsWith() knows files of all kernels', () => {
  const versions = ['6.1', '6.12', '7.3'] as const;
  expect(versionsWith('vm.enable_soft_offline', PLAIN_PARTS, versions)).toEqual(['6.12', '7.3']);
  expect(versionsWith('kernel.sched_child_runs_first', PLAIN_PARTS, versions)).toEqual(['6.1']);
  expect(versionsWith('vm.no_such_file', PLAIN_PARTS, versions)).toEqual([]);
});
