// make-logs.mjs DIR HOSTS LINES: logs of a small fleet, a directory for each host: chatter, sometimes a memory failure, and one capture
// that is kept twice.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chatterLine, failureLine } from '../support/chatter.mjs';

const [directory = '', hosts = '16', lines = '20000'] = process.argv.slice(2);

for (let host = 0; host < Number(hosts); host += 1) {
  const name = `node${String(host).padStart(3, '0')}`;
  const text = [];
  for (let n = 0; n < Number(lines); n += 1) {
    text.push(chatterLine(n));
    if ((n + host * 997) % 5003 === 0) text.push(failureLine(n));
    if ((n + host * 991) % 9001 === 0) text.push(failureLine(n).replace('dirty LRU page: Recovered', 'get hwpoison page: Ignored'));
  }
  const log = text.join('').replaceAll(' db1 kernel: ', ` ${name} kernel: `);
  mkdirSync(join(directory, name), { recursive: true });
  writeFileSync(join(directory, name, 'kern.log'), log);
  if (host === 0) writeFileSync(join(directory, name, 'messages'), log);
}
