import { describe, expect, it } from 'vitest';
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

  it('is said to be bash when he has gone, or is of another pid namespace', () => {
    expect(callerOf(NOBODY, 7).comm).toBe('bash');
    expect(callerOf(0, 7)).toMatchObject({ pid: 117, uid: 7, comm: 'bash' });
  });

  it('has the pid he knows himself by under exec, and the outer one when he has gone', () => {
    expect(innerCaller(callerOf(process.pid, 7))).toMatchObject({ pid: process.pid, uid: 7, comm: callerOf(process.pid, 7).comm });
    expect(innerCaller(callerOf(NOBODY, 7))?.pid).toBe(NOBODY);
    expect(innerCaller(undefined)).toBeUndefined();
  });
});
