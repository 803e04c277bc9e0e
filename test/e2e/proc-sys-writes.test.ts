import { expect, it } from 'vitest';
import { compareMounted, RECORDED_MACHINE } from '../support/mounted-writes.ts';
import { describeDaemon, EACH_TRANSPORT } from './support/mounts.ts';

describeDaemon('recorded writes to /proc/sys', (transport) => {
  it('do through a mount what they did on 7.3, to the file, to others and to the log', async () => {
    let number = 0;
    const { count, files, wrong, limited } = await compareMounted({
      recorded: 'sysctl-all.7.3.jsonl',
      chosen: EACH_TRANSPORT ? () => true : ({ like }) => like === undefined && number++ % 12 === 0,
      daemon: { transport, options: RECORDED_MACHINE },
      lookAtAllOf: 10,
    });
    const wrongWrites = wrong.filter(({ write }) => write !== undefined).length;
    const byFile = [...new Set(wrong.map(({ file }) => file))].map((file) => `${file} (${wrong.filter((each) => each.file === file).length})`);
    console.log(`/proc/sys by ${transport}: ${count - wrongWrites - limited} of ${count} writes to ${files} files identical, ${
      limited} otherwise for a limit of FUSE; the rest:  ${byFile.join(', ')}`);
    expect(wrong.slice(0, 60)).toEqual([]);
    expect(count).toBeGreaterThan(EACH_TRANSPORT ? 63_000 : 1500);
  });
});
