// Loaded into the program by --import: reports on standard error each thread and each process that is started.
import childProcess from 'node:child_process';
import { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';

const report = (what) => writeSync(2, `started: ${what}\n`);
const { Worker } = workerThreads;
workerThreads.Worker = class extends Worker {
  constructor(file, ...rest) {
    report(`thread ${file}`);
    super(file, ...rest);
  }
};
for (const name of ['spawn', 'execFile', 'fork', 'spawnSync', 'execFileSync']) {
  const start = childProcess[name];
  childProcess[name] = (program, ...rest) => {
    report(`process ${program}`);
    return start(program, ...rest);
  };
}
syncBuiltinESMExports();
