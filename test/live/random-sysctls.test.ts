import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { compareWrites, RECORDED_KERNELS, RECORDED_PARTS, type Row, RECORDER, rowsOf } from '../support/recorded-writes.ts';
import { SEED } from '../support/seed.ts';

const RECORD = fileURLToPath(new URL('../recorder/record.mjs', import.meta.url));
/** A kernel that test/recorder/fetch-kernel.sh unpacked. */
const KERNEL = process.env['VMSYSCTLD_TEST_KERNEL'];
/** A boot under software emulation, and some 12,000 writes. */
const PATIENCE = 1_800_000;

if (KERNEL === undefined) console.warn('SKIPPED: random writes to a kernel under qemu: VMSYSCTLD_TEST_KERNEL names none; test/recorder/fetch-kernel.sh fetches one');

/** The pid of the task that writes, in lines of the log. */
const PID = /\d+(?=\(sysctl-all\))|(?<=sysctl-all \()\d+/g;

function withPid({ writes, ...row }: Row): Row {
  return { ...row, writes: writes.map(({ log, ...write }) => ({ ...write, ...(log && { log: log.map((line) => line.replaceAll(PID, String(RECORDER.pid))) }) })) };
}

/** Records random writes on the kernel: its release, and what it answered. */
async function recorded(kernel: string, seed: number): Promise<{ readonly release: string; readonly rows: Row[] }> {
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-random-'));
  try {
    await promisify(execFile)(process.execPath, [RECORD, '--kernel', kernel, '--out', directory, '--seed', String(seed), 'sysctl-random']);
    const [name = ''] = await readdir(directory);
    const rows = rowsOf(await readFile(join(directory, name), 'latin1'));
    return { release: /^sysctl-random\.(.+)\.jsonl$/.exec(name)?.[1] ?? '', rows: rows.map(withPid) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

test.skipIf(KERNEL === undefined)(`random writes to every sysctl do what they do on the kernel of VMSYSCTLD_TEST_KERNEL (seed ${SEED})`, { timeout: PATIENCE }, async () => {
  const { release, rows } = await recorded(KERNEL ?? '', SEED);
  const profile = RECORDED_KERNELS.find((each) => each === release);
  if (profile === undefined) throw new Error(`there are no recordings of Linux ${release}, only of ${RECORDED_KERNELS.join(', ')}`);
  const { count, files, wrong } = compareWrites({ profile, rows, chosen: () => true, parts: RECORDED_PARTS });
  console.log(`Linux ${release}, seed ${SEED}: ${count - wrong.length} of ${count} random writes to ${files} files identical`);
  expect(wrong.slice(0, 60)).toEqual([]);
  expect(count).toBeGreaterThan(10_000);
});
