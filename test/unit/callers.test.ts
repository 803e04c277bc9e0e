import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ALL_CAPABILITIES, capabilitySet } from '../../src/abi/caller.ts';
import { KEPT_CAPABILITIES } from '../../src/daemon/exec/kept-capabilities.ts';
import { innerCaller } from '../../src/daemon/exec/recorder.ts';
import { callerOf } from '../../src/fuse/dev-fuse/task-caller.ts';

/** More than Linux ever gives: PID_MAX_LIMIT of include/linux/threads.h is 2^22. */
const NOBODY = 2 ** 22 + 1;

describe('who calls', () => {
  it('is known by name, as proc has it', () => {
    const caller = callerOf(process.pid, 7);
    expect({ pid: caller.pid, uid: caller.uid }).toEqual({ pid: process.pid, uid: 7 });
    expect(caller.comm).toMatch(/^.{1,15}$/);
  });

  it('is called bash if it has ended, or is in another pid namespace', () => {
    expect(callerOf(NOBODY, 7).comm).toBe('bash');
    expect(callerOf(0, 7)).toMatchObject({ pid: 117, uid: 7, comm: 'bash' });
  });

  it('has the capabilities that proc has; root has those too that all here lack; root has all when it has gone, and others have none', () => {
    const [, effective = ''] = /^CapEff:\t([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
    expect(callerOf(process.pid, 7).capabilities).toBe(BigInt(`0x${effective}`));
    expect(callerOf(process.pid, 0).capabilities).toBe(BigInt(`0x${effective}`) === 0n ? 0n : ALL_CAPABILITIES);
    expect([callerOf(NOBODY, 0).capabilities, callerOf(NOBODY, 2 ** 31).capabilities]).toEqual([ALL_CAPABILITIES, 0n]);
  });

  it('has all capabilities under exec with those that exec leaves, and no others with fewer', () => {
    const who = (capabilities: bigint): bigint | undefined => innerCaller({ pid: 1, uid: 0, comm: 'x', capabilities })?.capabilities;
    const left = capabilitySet(KEPT_CAPABILITIES);
    const fewer = left & ~capabilitySet(['CHOWN']);
    expect([who(left), who(fewer), who(0n)]).toEqual([ALL_CAPABILITIES, fewer, 0n]);
  });

  it('has the pid he knows himself by under exec, and the outer one when he has gone', () => {
    expect(innerCaller(callerOf(process.pid, 7))).toMatchObject({ pid: process.pid, uid: 7, comm: callerOf(process.pid, 7).comm });
    expect(innerCaller(callerOf(NOBODY, 7))?.pid).toBe(NOBODY);
    expect(innerCaller(undefined)).toBeUndefined();
  });
});
