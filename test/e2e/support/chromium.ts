import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from 'vitest';
import { sh } from './shell.ts';

const CHROMIUM = (process.env['PATH'] ?? '').split(delimiter).map((directory) => join(directory, 'chromium')).find((path) => existsSync(path));

/** A `describe` for tests that open a page in Chromium. Without Chromium they are skipped, and a line says so. */
export function describeChromium(name: string, body: () => void): void {
  if (CHROMIUM !== undefined) {
    describe(name, body);
  } else {
    console.warn(`SKIPPED: ${name}: no chromium`);
    describe.skip(`${name} (skipped: no chromium)`, body);
  }
}

/** No sandbox, because tests run as root; no requests by Chromium itself. */
const OPTIONS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--hide-scrollbars', '--window-size=1300,1000', '--virtual-time-budget=5000', '--enable-logging=stderr',
];

/**
 * Opens a file in headless Chromium. Returns the document after its scripts have run, their error messages, and on request a screenshot.
 */
export async function openPage(path: string, screenshot?: string): Promise<{ readonly dom: string; readonly complaints: readonly string[] }> {
  const profile = await mkdtemp(join(tmpdir(), 'vmsysctld-chromium-'));
  try {
    const what = screenshot === undefined ? '--dump-dom' : `--screenshot=${screenshot}`;
    const { stdout, stderr } = await sh('exec "$@"', [CHROMIUM ?? 'chromium', ...OPTIONS, `--user-data-dir=${profile}`, what, pathToFileURL(path).href]);
    return { dom: stdout, complaints: stderr.split('\n').filter((line) => line.includes(':CONSOLE')) };
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
