import { expect, test } from 'vitest';
import { ALL_CAPABILITIES, type Caller, type Capability, capabilitySet } from '../../src/abi/caller.ts';
import { errnoName } from '../../src/abi/errno.ts';
import { sysctlPerm } from '../../src/kernel/sysctl/permissions.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { MAY } from '../../src/vfs/permission.ts';
import { testMachine } from '../support/machine.ts';
import { RECORDED_PARTS } from '../support/recorded-writes.ts';
import { kernelsWith } from '../support/recording.ts';
import { LETTERS, permissionRows, UNEXPLAINED } from '../support/recorded-permissions.ts';

test.each(kernelsWith('sysctl-permissions.KERNEL.txt'))('who may read and write which file of /proc/sys is as on %s, capability by capability', (profile) => {
  const { kernel } = testMachine({ profile, parts: RECORDED_PARTS }).machine;
  const rows = permissionRows(profile);
  // The capabilities that made a difference to some file. `root-` covers the others.
  const capabilities = [...new Set(rows.flatMap(({ changes }) => [...changes.keys()].map((change) => change.slice(1))))] as Capability[];
  const entries = new Map(kernel.sysctls.map((entry) => [entry.path, entry]));
  const answer = (path: string, caller: Caller): string => {
    const entry = entries.get(path);
    if (entry === undefined) return 'no such file';
    const letter = (result: Uint8Array | number, good: string): string => (
      typeof result === 'number' && result < 0 ? LETTERS[errnoName(result)] ?? errnoName(result) : good
    );
    kernel.caller = { pid: 1, uid: 0, comm: 'init' };
    const value = sysctlRead(kernel, entry, 0, 65_536);
    kernel.caller = caller;
    const reads = sysctlPerm(caller, entry, MAY.read) < 0 ? '-' : letter(sysctlRead(kernel, entry, 0, 65_536), 'r');
    const data = typeof value === 'number' || (entry.mode & 0o400) === 0 ? Buffer.from('0') : value;
    const writes = sysctlPerm(caller, entry, MAY.write) < 0 ? '-' : letter(sysctlWrite(kernel, entry, 0, data), 'w');
    return reads + writes;
  };
  const wrong: unknown[] = [];
  let count = 0;
  for (const { path, root, rootWithout, user, changes } of rows) {
    if (UNEXPLAINED.includes(path)) continue;
    const compare = (who: string, uid: number, capabilities: bigint, wanted: string): void => {
      count += 1;
      const got = answer(path, { pid: 200, uid, comm: 'who', capabilities });
      if (got !== wanted) wrong.push({ path, who, wanted, got });
    };
    compare('root', 0, ALL_CAPABILITIES, root);
    compare('root without capabilities', 0, 0n, rootWithout);
    compare('user', 1000, 0n, user);
    for (const capability of capabilities) {
      const set = capabilitySet([capability]);
      compare(`user with ${capability}`, 1000, set, changes.get(`+${capability}`) ?? user);
      compare(`root without ${capability}`, 0, ALL_CAPABILITIES & ~set, changes.get(`-${capability}`) ?? root);
    }
  }
  console.log(`${profile}, permissions of /proc/sys: ${count - wrong.length} of ${count} identical`);
  expect(wrong.slice(0, 30)).toEqual([]);
  expect(count).toBeGreaterThan(20_000);
});
