import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const UNITS = fileURLToPath(new URL('../../systemd', import.meta.url));
const read = (name: string): string => readFileSync(join(UNITS, name), 'utf8');

/** The version of systemd here, if it is installed with its own units. Without them none can be checked. */
function systemdVersion(): number | undefined {
  const { status, stdout } = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' });
  const version = status === 0 && existsSync('/usr/lib/systemd/system/basic.target') ? Number(/^systemd (\d+)/.exec(stdout)?.[1]) : undefined;
  // Older versions look for commands on the machine itself.
  return version !== undefined && version >= 252 ? version : undefined;
}

const version = systemdVersion();
if (version === undefined) console.warn('SKIPPED: the units are not checked: install systemd, 252 or later');

const made: string[] = [];
afterAll(() => { for (const root of made) rmSync(root, { recursive: true }); });

/** A root with the units and what they run, so that nothing needs to be installed. */
function root(dropIns: Readonly<Record<string, string>> = {}): string {
  const path = mkdtempSync(join(tmpdir(), 'vmsysctld-units-'));
  made.push(path);
  const units = join(path, 'etc/systemd/system');
  for (const directory of [units, join(path, 'usr/bin'), join(path, 'usr/local/bin'), join(path, 'usr/lib/systemd')]) mkdirSync(directory, { recursive: true });
  cpSync('/usr/lib/systemd/system', join(path, 'usr/lib/systemd/system'), { recursive: true, dereference: false, verbatimSymlinks: true });
  symlinkSync('usr/lib', join(path, 'lib'));
  for (const command of ['usr/bin/sh', 'usr/bin/mkdir', 'usr/bin/kill', 'usr/local/bin/vmsysctld', 'usr/bin/tool']) {
    writeFileSync(join(path, command), '#!/bin/sh\n');
    chmodSync(join(path, command), 0o755);
  }
  for (const unit of ['vmsysctld.service', 'vmsysctld@.service']) cpSync(join(UNITS, unit), join(units, unit));
  writeFileSync(join(units, 'tool.service'), '[Service]\nExecStart=tool\n');
  for (const [place, text] of Object.entries(dropIns)) {
    mkdirSync(join(units, place, '..'), { recursive: true });
    writeFileSync(join(units, place), text);
  }
  return path;
}

/** The complaints of systemd. */
function complaints(path: string, ...units: readonly string[]): string {
  return spawnSync('systemd-analyze', [`--root=${path}`, '--man=no', 'verify', ...units], { encoding: 'utf8' }).stderr.trim();
}

describe.skipIf(version === undefined)('systemd-analyze', () => {
  it('verifies the units', () => {
    expect(complaints(root(), 'vmsysctld.service', 'vmsysctld@one.service')).toBe('');
  });

  it('verifies a service under test', () => {
    expect(complaints(root({ 'tool.service.d/vmsysctld.conf': read('examples/under-test.conf') }), 'tool.service')).toBe('');
  });

  it('verifies the drop-in for systemd 253, and finds nothing else wrong before', () => {
    const found = complaints(root({ 'vmsysctld.service.d/reload.conf': read('examples/notify-reload.conf') }), 'vmsysctld.service');
    if ((version ?? 0) >= 253) expect(found).toBe('');
    else expect(found).toMatch(/^\S+reload\.conf:\d+: Failed to parse service type, ignoring: notify-reload$/);
  });

  it('finds what is wrong, where something is', () => {
    expect(complaints(root({ 'vmsysctld.service.d/wrong.conf': '[Service]\nRestrt=no\n' }), 'vmsysctld.service')).toContain('Restrt');
  });

  it.each(['vmsysctld.service', 'vmsysctld@one.service'])('finds %s no less secure than it was', (unit) => {
    const json = execFileSync('systemd-analyze', [`--root=${root()}`, 'security', '--offline=true', '--json=short', unit], { encoding: 'utf8' });
    expect(JSON.parse(json)).not.toEqual([]);
    execFileSync('systemd-analyze', [`--root=${root()}`, 'security', '--offline=true', '--threshold=35', unit]);
  });
});

describe('the units', () => {
  /** The settings of a unit, without comments, `%i` replaced by `default`. */
  const settings = (name: string): string[] => read(name).replaceAll('\\\n', '').replaceAll('%i', 'default').split('\n').filter((line) => /^\w+=/.test(line));

  it('of one machine and of an instance are the same but for configuration and log', () => {
    const different = settings('vmsysctld@.service').filter((line) => !settings('vmsysctld.service').includes(line));
    expect(different).toEqual([expect.stringMatching(/^ExecStart=sh -c '.*' sh \/etc\/vmsysctld\/default\.conf +\/run\/vmsysctld\/default --log \/var\/log\/vmsysctld\/default\.log --allow-other$/)]);
    expect(settings('vmsysctld@.service')).toHaveLength(settings('vmsysctld.service').length);
  });

  it('set nothing that makes a mount namespace, in which the mount would be hidden', () => {
    const hides = /^(?:Private(?!Network|Users)\w*|Protect(?!Clock|Hostname)\w+|ProcSubset|(?:ReadWrite|ReadOnly|Inaccessible|Exec|NoExec)Paths|Bind\w*Paths|TemporaryFileSystem|Root\w+|Mount\w+|DynamicUser|LogNamespace)=/;
    for (const unit of ['vmsysctld.service', 'vmsysctld@.service']) expect(settings(unit).filter((line) => hides.test(line))).toEqual([]);
  });
});
