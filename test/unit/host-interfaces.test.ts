import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { interfaceReader } from '../../src/daemon/exec/host-interfaces.ts';

/** The calls of read(2) of this thread so far, all variants of them. */
function reads(): number {
  return Number(/^syscr: (\d+)$/m.exec(readFileSync('/proc/thread-self/io', 'latin1'))?.[1]);
}

it('the names of the interfaces cost a system call, where they are few', () => {
  const read = interfaceReader();
  const text = readFileSync('/proc/net/dev', 'latin1');
  const names = [...text.matchAll(/^ *([^\s:|]+):/gm)].map(([, name]) => `/${name ?? ''}`).join('');
  const [before, then] = [reads(), reads()];
  for (let n = 0; n < 100; n += 1) expect(read()).toBe(names);
  const calls = reads() - then - (then - before);
  if (text.length < 3000) expect(calls).toBe(100);
  else expect(calls).toBeGreaterThan(100);
});
