import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { recordedMachine } from '../support/mounted-writes.ts';
import { kernelsWith } from '../support/recording.ts';
import { LETTERS, permissionRows, type PermissionRow, UNEXPLAINED } from '../support/recorded-permissions.ts';
import { daemonsBy } from './support/daemon.ts';
import { describeMount, EACH_TRANSPORT } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const PROGRAM = fileURLToPath(new URL('../support/proc-sys-permissions.pl', import.meta.url));
const USER = 'setpriv --reuid 1000 --regid 1000 --clear-groups';

/** A caller: how a program is started as this user, and what the recording says of a file for them. */
const ASKERS: readonly { readonly who: string; readonly as: string; readonly answer: (row: PermissionRow) => string }[] = [
  { who: 'root', as: '', answer: ({ root }) => root },
  { who: 'root without capabilities', as: 'setpriv --bounding-set -all --inh-caps -all', answer: ({ rootWithout }) => rootWithout },
  { who: 'root without NET_ADMIN', as: 'setpriv --bounding-set -net_admin --inh-caps -net_admin', answer: ({ root, changes }) => changes.get('-NET_ADMIN') ?? root },
  { who: 'a user', as: USER, answer: ({ user }) => user },
  ...['NET_ADMIN', 'SYS_ADMIN', 'DAC_OVERRIDE', 'CHECKPOINT_RESTORE'].map((capability) => {
    const capabilities = `--inh-caps +${capability.toLowerCase()} --ambient-caps +${capability.toLowerCase()}`;
    return { who: `a user with ${capability}`, as: `${USER} ${capabilities}`, answer: ({ user, changes }: PermissionRow) => changes.get(`+${capability}`) ?? user };
  }),
];

/** It has no value, and no server is informed of a write of no bytes. */
const EMPTY = ['kernel/sched_energy_aware'];

/**
 * Only by dev-fuse, because the other transport does not know the caller. The older kernels are compared only if all comparisons are made
 * (npm run test:transports).
 */
const { withDaemon } = daemonsBy('dev-fuse');

describeMount('who may read and write which file of a mounted /proc/sys', () => {
  it.each(EACH_TRANSPORT ? kernelsWith('sysctl-permissions.KERNEL.txt') : ['7.3'] as const)('is as on %s, whatever capabilities they have', async (profile) => {
    const rows = permissionRows(profile).filter(({ path }) => ![...UNEXPLAINED, ...EMPTY].includes(path));
    const letter = (answer: string): string => {
      const name = answer.startsWith('!') ? errnoName(-Number(answer.slice(1))) : undefined;
      return name === undefined ? answer : LETTERS[name] ?? name;
    };
    await withDaemon({ options: [...recordedMachine(profile), '--allow-other'] }, async ({ mountPoint }) => {
      await sh('chmod 755 "$1"', [join(mountPoint, '..')]);
      // Root comes first. What root reads in a file, all write to it.
      let input = rows.map(({ path }) => `${path}\n`).join('');
      let wrong: string[] = [];
      for (const { who, as, answer } of ASKERS) {
        const { stdout, stderr } = await sh(`exec ${as} perl "$1" "$2"`, [PROGRAM, join(mountPoint, 'proc/sys')], { input });
        expect({ who, stderr }).toEqual({ who, stderr: '' });
        const answers = new Map(stdout.trimEnd().split('\n').map((line): [string, string] => {
          const [path = '', reads = '', writes = ''] = line.split(' ');
          return [path, letter(reads) + letter(writes)];
        }));
        input = stdout.replaceAll(/^(\S+) \S+ \S+ /gm, '$1 ');
        // FUSE cannot answer ENOTSUPP.
        wrong = [...wrong, ...rows.filter((row) => answers.get(row.path) !== answer(row).replaceAll('T', 'S'))
          .map((row) => `${who}: ${row.path} ${answers.get(row.path) ?? 'no answer'} instead of ${answer(row)}`)];
      }
      console.log(`${profile}, permissions of a mounted /proc/sys: ${rows.length * ASKERS.length - wrong.length} of ${rows.length * ASKERS.length} identical`);
      expect(wrong).toEqual([]);
    });
  });
});
