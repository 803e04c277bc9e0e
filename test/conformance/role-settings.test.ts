import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { PROFILE_NAMES, type ProfileName } from '../../src/kernel/profiles/names.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { dottedName } from '../../src/kernel/sysctl/ctl-table.ts';
import { testMachine } from '../support/machine.ts';
import { RECORDED_PARTS } from '../support/recorded-writes.ts';
import { recording } from '../support/recording.ts';

/** What configuration roles write, in their order. */
const SETTINGS = recording('role-settings.conf').split('\n').flatMap((line) => {
  const [, name = '', value = ''] = /^([^#=]+)=(.*)$/.exec(line) ?? [];
  return name === '' ? [] : [{ name, value }];
});

/** The settings that fail on a machine with this kernel, and how. */
function failures(profile: ProfileName): { readonly setting: string; readonly errno: string }[] {
  const { write } = testMachine({ profile, parts: RECORDED_PARTS });
  return SETTINGS.flatMap(({ name, value }) => {
    const answer = write(`/proc/sys/${dottedName(name)}`, `${value}\n`);
    return answer < 0 ? [{ setting: `${name}=${value}`, errno: errnoName(answer) }] : [];
  });
}

/** The files of a kernel, as recorded with the same modules. */
function files(profile: ProfileName): ReadonlySet<string> {
  const { version } = PROFILES[profile];
  const lines = `${recording(`proc-sys-files.${version}.txt`)}${recording(`proc-sys-files-more.${version}.txt`)}`.split('\n');
  return new Set(lines.flatMap((line) => /^F (\S+)/.exec(line)?.[1] ?? []));
}

test.each(PROFILE_NAMES)('what configuration roles write fails on %s where the file is missing, and where the value is refused', (profile) => {
  const there = files(profile);
  const failed = failures(profile);
  const missing = SETTINGS.filter(({ name }) => !there.has(dottedName(name))).map(({ name, value }) => `${name}=${value}`);
  expect(failed.filter(({ errno }) => errno === 'ENOENT').map(({ setting }) => setting)).toEqual(missing);
  expect(failed.filter(({ errno }) => errno !== 'ENOENT')).toEqual([
    { setting: 'vm.mmap_rnd_bits=33', errno: 'EINVAL' },
    ...(there.has('vm/panic_on_unrecoverable_memory_failure')
      ? [{ setting: 'vm.panic_on_unrecoverable_memory_failure=2', errno: 'EINVAL' }] : []),
  ]);
});

test('the kernels that lack the sysctl differ from the others in that alone', () => {
  const [v4, merged, trixie, bookworm] = PROFILE_NAMES.map((profile) => failures(profile).map(({ setting, errno }) => `${setting}: ${errno}`));
  expect(v4).toEqual(merged);
  expect(trixie).toEqual(bookworm);
  expect(trixie).toEqual(merged?.map((line) => line.replace(/^(vm\.panic_on_unrecoverable\S+): EINVAL$/, '$1: ENOENT')));
});
