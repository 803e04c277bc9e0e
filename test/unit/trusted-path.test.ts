import { chmodSync, chownSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, lchownSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectWritable, writeWhole } from '../../src/cli/commands/replay/write-file.ts';
import { openLog } from '../../src/daemon/log/log.ts';
import { prepareMountPoint } from '../../src/daemon/mount-point.ts';
import { foreignAt, foreignOnTheWay } from '../../src/daemon/trusted-path.ts';

const NOBODY = 65534;
const root = process.geteuid?.() === 0;
if (!root) console.warn('SKIPPED: what other users put in /tmp: not root');

/** Why the log is refused at a path. Undefined if it is not. */
function refusalOf(path: string): string | undefined {
  const log = openLog(path, ({ text }) => text);
  if ('why' in log) return log.why;
  log.close();
  return undefined;
}

describe.skipIf(!root)('where everybody may write, as in /tmp, another user', () => {
  let base: string;
  /** As /tmp: everybody may write there, and remove their own files. */
  let shared: string;
  /** A directory that only root can write to. */
  let own: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'trust-'));
    chmodSync(base, 0o755);
    shared = join(base, 'shared');
    own = join(base, 'own');
    mkdirSync(shared);
    chmodSync(shared, 0o1777);
    mkdirSync(own);
  });
  afterEach(() => { rmSync(base, { recursive: true }); });

  /** A directory of nobody with this name in the shared one. */
  function hisDirectory(name: string): string {
    const path = join(shared, name);
    mkdirSync(path);
    chownSync(path, NOBODY, NOBODY);
    return path;
  }

  function hisLink(name: string, to: string): string {
    const path = join(shared, name);
    symlinkSync(to, path);
    lchownSync(path, NOBODY, NOBODY);
    return path;
  }

  it('leads no log away by a symbolic link to a directory, in it or below', () => {
    const link = hisLink('logs', own);
    expect(refusalOf(join(link, 'log'))).toBe(`lies below ${link}, which another user has put where everybody may write`);
    expect(refusalOf(join(link, 'deeper/log'))).toContain(link);
    expect(lstatSync(join(own, 'log'), { throwIfNoEntry: false })).toBeUndefined();
    const inner = join(own, 'inner');
    symlinkSync('../shared/logs', inner);
    expect(foreignOnTheWay(join(inner, 'log'))).toEqual({ path: link, isLink: true });
  });

  it('leads no log away in a directory of his, where he could exchange the file, made with mkdir -p or found', () => {
    const directory = hisDirectory('his');
    expect(refusalOf(join(directory, 'log'))).toContain(`lies below ${directory}`);
    expect(refusalOf(join(directory, 'a/b/log'))).toContain(`lies below ${directory}`);
    expect(lstatSync(join(directory, 'a'), { throwIfNoEntry: false })).toBeUndefined();
  });

  it('has no file of his taken for the log, nor another name of a file of ours', () => {
    const his = join(shared, 'his.log');
    writeFileSync(his, '');
    chownSync(his, NOBODY, NOBODY);
    // By the kernel if fs.protected_regular is set, otherwise by this program.
    expect(refusalOf(his)).toMatch(/is not accessible to this user \(EACCES\)|belongs to another user, 65534/);
    const secret = join(own, 'secret');
    writeFileSync(secret, 'secret\n');
    linkSync(secret, join(shared, 'linked.log'));
    expect(refusalOf(join(shared, 'linked.log'))).toBe('is a file that has other names too (hard links)');
    expect(readFileSync(secret, 'utf8')).toBe('secret\n');
  });

  it('keeps nobody from a log in a directory of his own elsewhere, nor root, nor who became root by sudo, from his in /tmp', () => {
    const home = join(base, 'home');
    mkdirSync(home);
    chownSync(home, NOBODY, NOBODY);
    expect(refusalOf(join(home, 'log'))).toBeUndefined();
    expect(refusalOf(join(shared, 'mine/log'))).toBeUndefined();
    const sudo = process.env['SUDO_UID'];
    try {
      process.env['SUDO_UID'] = String(NOBODY);
      expect(refusalOf(join(hisDirectory('sudoer'), 'log'))).toBeUndefined();
    } finally {
      if (sudo === undefined) delete process.env['SUDO_UID'];
      else process.env['SUDO_UID'] = sudo;
    }
  });

  it('chooses no mount point by a symbolic link', async () => {
    const link = hisLink('mnt', own);
    await expect(prepareMountPoint(link)).rejects.toThrow(`leads by way of ${link}, which is another user's symbolic link: name the directory itself`);
    symlinkSync(own, join(shared, 'ours'));
    expect(await prepareMountPoint(join(shared, 'ours'))).toBe(own);
  });

  it('has no report written where he wants it', () => {
    const target = join(own, 'target');
    writeFileSync(target, 'kept');
    const link = hisLink('report.html', target);
    expect(() => { expectWritable(link); }).toThrow(`cannot write ${link}: another user has put ${link} where everybody may write`);
    expect(() => { writeWhole({ option: '--html', path: link, kind: 'a page' }, 'report'); }).toThrow('another user has put');
    expect(readFileSync(target, 'utf8')).toBe('kept');
    const device = hisLink('device.html', '/dev/null');
    expect(() => { writeWhole({ option: '--html', path: device, kind: 'a page' }, 'report'); }).toThrow('another user has put');
    expect(() => { expectWritable('/dev/stdout'); }).not.toThrow();
  });

  it('links in a circle are left to open(2)', () => {
    symlinkSync('b', join(own, 'a'));
    symlinkSync('a', join(own, 'b'));
    expect(foreignAt(join(own, 'a'))).toBeUndefined();
    expect(refusalOf(join(own, 'a/log'))).toMatch(/circle of symbolic links.* \(ELOOP\)/);
  });
});
