import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { O } from '../../src/abi/file-calls.ts';
import { FUSE_ENTRY_OUT, FUSE_OPEN_IN, FUSE_OPEN_OUT, FUSE_WRITE_IN, FUSE_WRITE_OUT } from '../../src/abi/fuse-protocol.ts';
import { serveMachine } from '../../src/daemon/machine-service.ts';
import { PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { fieldsOf, SessionDriver, struct } from '../support/fuse-requests.ts';

const NAME = 'vm.panic_on_unrecoverable_memory_failure';
/** The thread that reads the request. It is not in the stack here. */
const THREAD = 1;

function body(answer: number | Buffer): Buffer {
  if (typeof answer === 'number') throw new Error(`a request failed: ${answer}`);
  return answer;
}

it('is through at most 15 files, from the request to the stored value, and docs/architecture.md names each', () => {
  const directory = mkdtempSync(join(tmpdir(), 'path-of-a-write-'));
  const { service, kernel } = serveMachine(
    {
      profile: 'v4', memory: { memoryBytes: 2 ** 30 }, seed: 0, parts: PLAIN_PARTS, logPath: join(directory, 'log'), logFormat: 'dmesg', verbose: false,
      bootSettings: new Map(), bootParameters: [],
    },
    { transport: 'dev-fuse', wakeAfter: () => undefined, tell: () => undefined, readsCanWait: true },
    pino({ enabled: false }),
  );
  onTestFinished(() => {
    service.close();
    rmSync(directory, { recursive: true });
  });
  const driver = new SessionDriver(service.filesystem);
  const path = `proc/sys/${NAME.replaceAll('.', '/')}`.split('/');
  const node = path.reduce((parent, name) => fieldsOf(body(driver.ask('LOOKUP', parent, name)), FUSE_ENTRY_OUT).nodeid, 1);
  const { fh } = fieldsOf(body(driver.ask('OPEN', node, struct(FUSE_OPEN_IN, { flags: O.wronly | O.trunc }))), FUSE_OPEN_OUT);

  // The stack at the moment the value is stored.
  const { values } = kernel;
  const { stackTraceLimit } = Error;
  let stack = '';
  values.set = (name, value) => {
    if (name === NAME) stack = new Error().stack ?? '';
    return Map.prototype.set.call(values, name, value) as typeof values;
  };
  Error.stackTraceLimit = 100;
  const written = driver.ask('WRITE', node, struct(FUSE_WRITE_IN, { fh, size: 2, flags: O.wronly }), Buffer.from('1\n'));
  Error.stackTraceLimit = stackTraceLimit;
  expect(fieldsOf(body(written), FUSE_WRITE_OUT).size).toBe(2);
  expect(kernel.intIfAny(NAME)).toBe(1);

  const files = [...new Set([...stack.matchAll(/\/src\/([\w/.-]+\.ts)/g)].map(([, file = '']) => file))];
  expect(files).toEqual(expect.arrayContaining(['fuse/dev-fuse/session.ts', 'vfs/vfs.ts', 'kernel/kernel.ts', 'kernel/sysctl/proc-dointvec.ts']));
  expect(files.length + THREAD).toBeLessThanOrEqual(15);
  const docs = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
  expect(files.filter((file) => !docs.includes(file.split('/').at(-1) ?? ''))).toEqual([]);
});
