// The set-up of vitest if coverage is measured, for tests that start the compiled program, which vitest does not measure. Each Node process
// that a test file starts writes at its end what it ran: a file for each of its threads. After the test file, the parts about dist are
// kept, about a sixth. The rest is deleted. A process that is killed writes nothing.
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { DIST_URL, RECORDED } from './recorded.mjs';

/** The part of a process's record that is about the compiled program. Empty for a record that SIGKILL cut short. */
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
// Some processes run as another user.
chmodSync(raw, 0o1777);
// Node passes this on to its children, even if they get another environment.
process.env['NODE_V8_COVERAGE'] = raw;
afterAll(() => {
  delete process.env['NODE_V8_COVERAGE'];
  const records = readdirSync(raw).map((name) => ({ result: ofProgram(join(raw, name)) }));
  writeFileSync(`${raw}${RECORDED}`, JSON.stringify(records));
  // A process for which nobody waited may still write.
  rmSync(raw, { recursive: true, maxRetries: 5 });
});
