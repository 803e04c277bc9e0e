import { describe, expect, it } from 'vitest';
import { pino } from 'pino';
import { ERRNO } from '../../src/abi/errno.ts';
import { Admission } from '../../src/daemon/log/admission.ts';
import { RESERVE } from '../../src/daemon/log/reserve.ts';
import { EffectPerformer } from '../../src/daemon/perform-effects.ts';
import type { PrintkRecord } from '../../src/kernel/effect.ts';
import { testMachine } from '../support/machine.ts';

const { ENOSPC, EIO } = ERRNO;

/** A machine with a log that reports each use of it. `log` is the answer of the log. */
function admitted() {
  const uses: string[] = [];
  const log = { reserved: true, reserve: 0, write: 0 };
  const writer = {
    get isReserved() {
      uses.push('is it reserved?');
      return log.reserved;
    },
    hasPending: false,
    reserve: (bytes?: number) => (uses.push(`reserve ${bytes ?? 'an operation'}`), log.reserve),
    write: (records: readonly PrintkRecord[]) => (uses.push(`write ${records.length}`), log.write),
  };
  const { machine, write } = testMachine({ memoryBytes: 2 ** 36, reserve: (records) => admission.reserve(records) });
  const performer = new EffectPerformer({ kernel: machine.kernel, log: writer, operationalLog: pino({ level: 'silent' }), wake: () => undefined });
  const admission = new Admission(machine.kernel, writer, performer);
  performer.perform();
  uses.length = 0;
  return { log, uses, admission, write: (path: string, text: string) => admission.write(() => write(path, text)) };
}

describe('a write', () => {
  it('that prints nothing asks the log once, and nothing of its file', () => {
    const { uses, write } = admitted();
    expect(write('/proc/sys/vm/swappiness', '7')).toBe(1);
    expect(uses).toEqual(['is it reserved?']);
  });

  it('has its space reserved once, also a batch and a command of many injections, which write before they have printed more than is reserved', () => {
    const { uses, write } = admitted();
    expect(write('/control', 'log one\nlog two\ninject type=free\n')).toBeGreaterThan(0);
    expect(uses).toEqual(['is it reserved?', 'write 3']);
    uses.length = 0;
    expect(write('/control', 'inject type=free count=5000\n')).toBeGreaterThan(0);
    const written = uses.filter((use) => use.startsWith('write')).map((use) => Number(use.slice('write '.length)));
    expect(written.reduce((sum, each) => sum + each, 0)).toBe(5000);
    // Two for each piece that is written during it, and one at the beginning.
    expect(uses.length - written.length).toBeLessThanOrEqual(written.length + 1);
  });

  it('of an error in a page that many processes map reserves more, once', () => {
    const { uses, write } = admitted();
    const mappers = Array.from({ length: 9000 }, (_, n) => `p:${n + 2}`).join(',');
    expect(write('/control', `page pfn=0x2000 type=file-dirty mapped=${mappers}\n`)).toBeGreaterThan(0);
    uses.length = 0;
    write('/control', 'inject pfn=0x2000\n');
    const more = uses.filter((use) => use.startsWith('reserve'));
    expect(more).toHaveLength(1);
    expect(Number(more[0]?.slice('reserve '.length))).toBeGreaterThan(RESERVE);
  });

  it('does nothing where the log refuses it, and has failed where its lines are missing', () => {
    const { log, uses, admission, write } = admitted();
    log.reserved = false;
    log.reserve = -ENOSPC;
    expect([write('/control', 'log one\n'), admission.refused]).toEqual([-ENOSPC, true]);
    expect(uses).toEqual(['is it reserved?', 'reserve an operation']);
    log.reserve = 0;
    log.write = -EIO;
    expect([write('/control', 'log one\n'), admission.refused]).toEqual([-EIO, false]);
    log.write = 0;
    expect([write('/control', 'log one\n'), admission.refused]).toEqual([8, false]);
  });

  it('that fails of a bug leaves nothing reserved for what is not a write', () => {
    const { log, uses, admission } = admitted();
    expect(() => admission.write(() => { throw new TypeError('a bug'); })).toThrow('a bug');
    uses.length = 0;
    log.reserved = false;
    log.reserve = -ENOSPC;
    expect(admission.reserve(0)).toBe(-ENOSPC);
  });
});
