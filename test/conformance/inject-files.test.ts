import { expect, it } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';
import { recording } from '../support/recording.ts';

const DIRECTORIES = { memory: '/sys/devices/system/memory', hwpoison: '/sys/kernel/debug/hwpoison' } as const;

/** Does what a line says, on a machine in this process, and answers as the recording does. */
function answer({ vfs }: ReturnType<typeof testMachine>, operation: string, name: string, hex: string): string {
  const path = `${name.endsWith('_offline_page') ? DIRECTORIES.memory : DIRECTORIES.hwpoison}/${name}`;
  if (operation === 'stat') {
    const attributes = vfs.getattr(path);
    return typeof attributes === 'number'
      ? errnoName(attributes)
      : `mode=${attributes.mode.toString(8)} uid=0 gid=0 size=${attributes.size} nlink=${attributes.nlink}`;
  }
  const handle = vfs.open(path, operation === 'set' ? 1 : 0);
  if (handle < 0) return errnoName(handle);
  try {
    if (operation === 'set') {
      const result = vfs.write(handle, 0, hex === '-' ? Buffer.alloc(0) : Buffer.from(hex, 'hex'));
      return result < 0 ? errnoName(result) : String(result);
    }
    const bytes = vfs.read(handle, 0, 65_536);
    return typeof bytes === 'number' ? errnoName(bytes) : `${bytes.length} ${Buffer.from(bytes).toString('hex')}`;
  } finally {
    vfs.release(handle);
  }
}

it('the injection files accept and refuse what Linux 7.3 does', () => {
  const machine = testMachine({ profile: '7.3' });
  // The answers repeat what was done, cut after 150 characters; the script has it whole, line by line.
  const script = recording('inject-files.script.txt').trimEnd().split('\n');
  const lines = recording('inject-files.7.3.txt')
    .trimEnd()
    .split('\n')
    .flatMap((line, n) => (line.startsWith('#') ? [] : [{ command: script[n] ?? '', want: line.replace(/^.* => /, '') }]));
  const differences = lines.flatMap(({ command, want }) => {
    const [operation = '', name = '', hex = ''] = command.split(' ');
    const got = answer(machine, operation, name, hex);
    return got === want.trimEnd() ? [] : [`${command}: got ${got}, want ${want}`];
  });
  console.info(`inject-files: ${lines.length - differences.length} of ${lines.length} identical`);
  expect(differences.join('\n')).toBe('');
});
