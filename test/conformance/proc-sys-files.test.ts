import { describe, expect, test } from 'vitest';
import { filesBelow, listedFiles, shownBy } from '../support/listed-files.ts';
import { testMachine } from '../support/machine.ts';
import { RECORDED_KERNELS } from '../support/recorded-writes.ts';

/** What differs between two boots of the recorded machine, and what its command line set. */
const DIFFERS: Readonly<Record<string, string>> = {
  'kernel/ns_last_pid': 'the last process', 'kernel/random/boot_id': 'random', 'kernel/random/uuid': 'random',
  'kernel/panic': 'panic=-1 on the command line', 'vm/user_reserve_kbytes': 'memory that happened to be free',
};

describe.each(RECORDED_KERNELS)('kernel %s', (profile) => {
  const files = listedFiles(`proc-sys-files.${profile}.txt`, 'outside net');

  test('/proc/sys has the recorded files beside net, and no others', () => {
    const machine = testMachine({ profile });
    expect(filesBelow(machine, '').filter((path) => !path.startsWith('net/')).sort()).toEqual([...new Set(files.map(({ path }) => path))].sort());
  });

  test('each has the recorded mode and boot value', () => {
    const machine = testMachine({ profile });
    const compared = files.filter(({ path }) => DIFFERS[path] === undefined);
    expect(compared.map(({ path }) => ({ path, shown: shownBy(machine, path) }))).toEqual(compared);
  });

  test('what differs from boot to boot has the recorded mode and form', () => {
    const machine = testMachine({ profile });
    for (const { path, shown } of files.filter((each) => DIFFERS[each.path] !== undefined)) {
      const form = (text: string): string => text.replace(/-1\\n/, '0\\n').replaceAll(/[0-9a-f]+/g, (digits) => (path.includes('random') ? 'x'.repeat(digits.length) : 'N'));
      expect({ path, form: form(shownBy(machine, path)) }).toEqual({ path, form: form(shown) });
    }
  });
});

test('a UUID is another at each read, and the same ones come from the same seed; boot_id lasts until the next boot', () => {
  const [one, two] = [testMachine(), testMachine()];
  const uuids = [1, 2, 3].map(() => one.read('/proc/sys/kernel/random/uuid'));
  expect(new Set(uuids).size).toBe(3);
  expect(uuids).toEqual([1, 2, 3].map(() => two.read('/proc/sys/kernel/random/uuid')));
  for (const uuid of uuids) expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\n$/);
  const bootId = one.read('/proc/sys/kernel/random/boot_id');
  expect(one.read('/proc/sys/kernel/random/boot_id')).toBe(bootId);
  one.machine.kernel.reboot();
  expect(one.read('/proc/sys/kernel/random/boot_id')).not.toBe(bootId);
});

test('reading random numbers leaves alone what the seed decides for the model', () => {
  const draw = (read: boolean): number => {
    const machine = testMachine();
    if (read) machine.read('/proc/sys/kernel/random/uuid');
    return machine.machine.kernel.random.integer(1_000_000);
  };
  expect(draw(true)).toBe(draw(false));
});

test('ns_last_pid shows no pid above pid_max, whatever pids the host has', () => {
  const { vfs } = testMachine();
  const handle = vfs.open('/proc/sys/kernel/ns_last_pid', 0);
  const shown = (pid: number): string => Buffer.from(vfs.read(handle, 0, 64, { pid, uid: 0, comm: 'cat' }) as Uint8Array).toString();
  expect([shown(32_768), shown(32_769), shown(1_000_000)]).toEqual(['32768\n', '1\n', '16960\n']);
});
