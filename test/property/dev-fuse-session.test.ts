import fc, { runs } from '../support/fast-check.ts';
import { expect, it } from 'vitest';
import { FUSE_IN_HEADER, FUSE_OPCODE } from '../../src/abi/fuse-protocol.ts';
import { servedFiles } from '../../src/daemon/served-files.ts';
import { operationalLog } from '../../src/daemon/operational-log.ts';
import { assembleMachine } from '../../src/machine/assemble-machine.ts';
import { SessionDriver, struct } from '../support/fuse-requests.ts';

/** A session over a machine's own files. */
function driverOfMachine(): SessionDriver {
  const { machine, vfs } = assembleMachine({ profile: '7.3', memory: { memoryBytes: 2 ** 30 }, seed: 1, clock: () => 0, devices: true });
  const perform = (): number => {
    machine.kernel.takeEffects();
    return 0;
  };
  return new SessionDriver(servedFiles(vfs, { performer: { perform }, admission: { write: (work) => work(), refused: false }, log: operationalLog(false) }));
}

const NAMES = ['proc', 'sys', 'vm', 'swappiness', 'control', 'dev', 'kmsg', 'x', '..', ''];
/** Requests for whose answer Linux does not wait. */
const UNANSWERED: readonly number[] = [FUSE_OPCODE.FORGET, FUSE_OPCODE.BATCH_FORGET, FUSE_OPCODE.INTERRUPT, FUSE_OPCODE.NOTIFY_REPLY];

const small = fc.integer({ min: 0, max: 12 });
/** What may follow a header: numbers that are likely to be ids, handles, sizes and flags, names, and random bytes. */
const part = fc.oneof(
  small.map((value) => { const bytes = Buffer.alloc(8); bytes.writeUInt32LE(value); return bytes; }),
  fc.constantFrom(...NAMES).map((name) => Buffer.from(`${name}\0`)),
  fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom('1\n', 'inject type=free\n', '4').map((text) => Buffer.from(text)),
);
const request = fc.record({
  opcode: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(...Object.values(FUSE_OPCODE)) }, { weight: 1, arbitrary: fc.nat(2 ** 31) }),
  nodeid: small, body: fc.array(part, { maxLength: 8 }).map((parts) => Buffer.concat(parts)),
  lie: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: -60, max: 60 }) }),
});

it('whatever comes is answered once at most, with an errno or a body, and the session goes on', () => {
  fc.assert(fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
    const driver = driverOfMachine();
    const open = new Set<number>();
    let unique = 0;
    for (const { opcode, nodeid, body, lie } of requests) {
      unique += 2;
      const length = FUSE_IN_HEADER.size + body.length;
      driver.raw(Buffer.concat([struct(FUSE_IN_HEADER, { len: Math.max(0, length + lie), opcode, unique, nodeid, pid: 0 }), body]));
      if (!UNANSWERED.includes(opcode)) open.add(unique);
      for (const sent of driver.take()) {
        if (sent.unique === 0) continue;
        expect(sent.error).toBeGreaterThan(-512);
        expect(sent.error).toBeLessThanOrEqual(0);
        if (sent.error < 0) expect(sent.body).toHaveLength(0);
        expect(open.delete(sent.unique) || sent.unique === unique).toBe(true);
      }
      // A request without an answer waits: a read of /dev/kmsg.
      if (open.has(unique)) expect(opcode).toBe(FUSE_OPCODE.READ);
    }
    expect(driver.ask('STATFS', 1)).toBeInstanceOf(Buffer);
    expect(driver.errors.filter((line) => !/BadRequest/.test(line))).toEqual([]);
  }), { numRuns: runs(300) });
});

it('any bytes at all do no harm', () => {
  const driver = driverOfMachine();
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    driver.raw(bytes);
    driver.take();
  }), { numRuns: runs(2000) });
  expect(driver.ask('STATFS', 1)).toBeInstanceOf(Buffer);
});
