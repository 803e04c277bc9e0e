import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { testMachine } from '../support/machine.ts';
import { kernelsWith, recording } from '../support/recording.ts';

// The recordings of 7.3 are compared call by call elsewhere, on mounts too.
test.each(kernelsWith('inject-files.KERNEL.txt').filter((kernel) => kernel !== '7.3'))('what hard_offline_page and soft_offline_page take is as on %s', (profile) => {
  // Longer writes are cut in the recording.
  const writes = [...recording(`inject-files.${profile}.txt`).matchAll(/^set ((?:hard|soft)_offline_page) ([0-9a-f]{1,127}|-) => (\w+)$/gm)];
  const { vfs } = testMachine({ profile });
  const answers = writes.map(([, file, hexadecimal = '']) => {
    const handle = vfs.open(`/sys/devices/system/memory/${file}`, 1);
    const answer = vfs.write(handle, 0, Buffer.from(hexadecimal === '-' ? '' : hexadecimal, 'hex'));
    vfs.release(handle);
    return `${file} ${hexadecimal} => ${answer < 0 ? errnoName(answer) : answer}`;
  });
  expect(answers).toEqual(writes.map(([, file, hexadecimal, answer]) => `${file} ${hexadecimal} => ${answer}`));
  expect(answers.length).toBeGreaterThan(50);
});
