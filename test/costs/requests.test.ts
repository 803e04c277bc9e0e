// What an operation on a mount costs, counted and not timed: requests that Linux sends, and system calls that the serving thread makes.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { daemonsBy } from '../e2e/support/daemon.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

const { withDaemon } = daemonsBy('dev-fuse');
const TIMES = 1000;
/** Requests of the program that are not operations: it opens the file, and ends. */
const BESIDE = 100;

/** What is done TIMES times: requests, and messages to Linux, which are the replies and the notifications. */
const OPERATIONS = [
  { does: 'open, read, close', code: 'const fd = open("r"); read(fd); close(fd);', requests: 3, messages: 3 },
  { does: 'open, fstat, read, close', code: 'const fd = open("r"); fs.fstatSync(fd); read(fd); close(fd);', requests: 4, messages: 5 },
  { does: 'open, write, close', code: 'const fd = open("w"); fs.writeSync(fd, "60"); close(fd);', requests: 3, messages: 3 },
  { does: 'pread', code: 'read(opened);', first: 'const opened = open("r");', requests: 1, messages: 1 },
  { does: 'pwrite', code: 'fs.writeSync(opened, "60", 0);', first: 'const opened = open("r+");', requests: 1, messages: 1 },
  { does: 'stat', code: 'fs.statSync(file);', requests: 0, messages: 0 },
];

const PROGRAM = (code: string, first = ''): string => `
  const fs = require('node:fs');
  const [file] = process.argv.slice(1);
  const buffer = Buffer.alloc(64);
  const open = (flags) => fs.openSync(file, flags);
  const close = fs.closeSync;
  const read = (fd) => fs.readSync(fd, buffer, 0, 64, 0);
  ${first}
  for (let n = 0; n < ${TIMES}; n += 1) { ${code} }
`;

/** Reads all files below a directory as sysctl(8) does: it lists, asks for the attributes of each file, opens it, and reads up to its end. */
const READ_ALL = `
  const fs = require('node:fs');
  const buffer = Buffer.alloc(8192);
  const readAll = (directory) => {
    for (const entry of fs.readdirSync(directory)) {
      const path = directory + '/' + entry;
      const found = fs.statSync(path);
      if (found.isDirectory()) readAll(path);
      else if (found.mode & 0o400) {
        const fd = fs.openSync(path, 'r');
        try {
          while (fs.readSync(fd, buffer) > 0);
        } catch (error) {
          if (error.code !== 'EIO' && error.code !== 'EINVAL') throw error;
        }
        fs.closeSync(fd);
      }
    }
  };
  readAll(process.argv[1]);
`;

/** The calls of read(2) and write(2) of each thread of a process so far, all variants of them. */
function calls(pid: number): Map<string, { readonly reads: number; readonly writes: number }> {
  return new Map(readdirSync(`/proc/${pid}/task`).map((thread) => {
    const text = readFileSync(`/proc/${pid}/task/${thread}/io`, 'utf8');
    const [reads, writes] = ['syscr', 'syscw'].map((name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]));
    return [thread, { reads: reads ?? 0, writes: writes ?? 0 }];
  }));
}

/** The calls of the busiest thread of a process during `work`. */
async function callsDuring(pid: number, work: () => Promise<unknown>): Promise<{ readonly reads: number; readonly writes: number }> {
  const before = calls(pid);
  await work();
  const made = [...calls(pid)].map(([thread, { reads, writes }]) => {
    const old = before.get(thread) ?? { reads: 0, writes: 0 };
    return { reads: reads - old.reads, writes: writes - old.writes };
  });
  return made.reduce((most, each) => (each.reads > most.reads ? each : most));
}

describeMount('an operation on a mount', () => {
  it('costs a system call for each request, and one for each message to Linux', async () => {
    await withDaemon({}, async ({ mountPoint, process: { pid = 0 } }) => {
      const file = join(mountPoint, 'proc/sys/vm/swappiness');
      const wrong: string[] = [];
      for (const { does, code, first, requests, messages } of OPERATIONS) {
        const run = (): Promise<unknown> => sh('"$1" -e "$2" "$3"', [process.execPath, PROGRAM(code, first), file]);
        await run();
        const { reads, writes } = await callsDuring(pid, run);
        console.log(`${does}: ${(reads / TIMES).toFixed(2)} requests, ${(writes / TIMES).toFixed(2)} messages`);
        const differ = Math.max(Math.abs(reads - requests * TIMES), Math.abs(writes - messages * TIMES));
        if (differ > BESIDE) wrong.push(`${does}: ${reads} requests, ${writes} messages`);
      }
      expect(wrong).toEqual([]);
    });
  });

  it('costs four requests and a notification for each file of `sysctl -a`, which asks for no attributes besides the listing', async () => {
    await withDaemon({}, async ({ mountPoint, process: { pid = 0 } }) => {
      const { stdout } = await sh('find "$1" -type f | wc -l', [join(mountPoint, 'proc/sys')]);
      const files = Number(stdout);
      const run = (): Promise<unknown> => sh('"$1" -e "$2" "$3"', [process.execPath, READ_ALL, join(mountPoint, 'proc/sys')]);
      await run();
      const { reads, writes } = await callsDuring(pid, run);
      console.log(`sysctl -a: ${(reads / files).toFixed(2)} requests, ${(writes / files).toFixed(2)} messages for each of ${files} files`);
      // OPEN, two READ, RELEASE. What is more than 4 and 5 is for directories.
      expect(reads / files).toBeLessThan(4.4);
      expect(writes / files).toBeLessThan(5.4);
    });
  });

  it('costs four requests and a notification for each file that grep -r reads again', async () => {
    await withDaemon({}, async ({ mountPoint, process: { pid = 0 } }) => {
      const { stdout } = await sh('find "$1" -type f | wc -l', [join(mountPoint, 'proc/sys')]);
      const files = Number(stdout);
      const run = (): Promise<unknown> => sh('grep -rs "" "$1" >/dev/null; true', [join(mountPoint, 'proc/sys')]);
      await run();
      const { reads, writes } = await callsDuring(pid, run);
      console.log(`grep -r: ${(reads / files).toFixed(2)} requests, ${(writes / files).toFixed(2)} messages for each of ${files} files`);
      // What is more than 4 and 5 is for directories.
      expect(reads / files).toBeLessThan(4.4);
      expect(writes / files).toBeLessThan(5.4);
    });
  });
});
