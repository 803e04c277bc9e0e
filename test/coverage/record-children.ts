// Vitest's set-up, where coverage is measured, of tests that start the compiled program, which vitest's own measuring does not see: each Node
// process that a test file starts writes at its end what it ran, a file for each of its threads. When the test file is through, what is
// of dist in them is kept, a sixth, and the rest thrown away. A process that is killed writes nothing.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DIST_URL, RECORDED } from './recorded.mjs';

/** What of a process's record is of the compiled program; nothing of a record cut short by a SIGKILL. */
function ofProgram(path: string): unknown[] {
  try {
    const { result } = JSON.parse(readFileSync(path, 'utf8')) as { readonly result: readonly { readonly url: string }[] };
    return result.filter(({ url }) => url.startsWith(DIST_URL));
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

const raw = mkdtempSync(join(process.env['VMSYSCTLD_TEST_COVERAGE'] ?? '', 'raw-'));
// Some processes run as somebody else.
chmodSync(raw, 0o1777);
// Node hands this on to its children whatever else their environment is to be.
process.env['NODE_V8_COVERAGE'] = raw;
afterAll(() => {
  delete process.env['NODE_V8_COVERAGE'];
  const records = readdirSync(raw).map((name) => ({ result: ofProgram(join(raw, name)) }));
  writeFileSync(`${raw}${RECORDED}`, JSON.stringify(records));
  // A process that nobody waited for may still be writing.
  rmSync(raw, { recursive: true, maxRetries: 5 });
});
