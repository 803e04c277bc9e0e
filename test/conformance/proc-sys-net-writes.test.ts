import { expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import type { CtlTable, SysctlValue } from '../../src/kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { testMachine } from '../support/machine.ts';
import { LOOKS, RECORDED_PARTS, recordedRowsOf } from '../support/recorded-writes.ts';

/** Boot values that depend on how much memory happened to be free: the machine is given those of the recording. */
const BY_FREE_MEMORY = ['net/ipv4/inet_peer_threshold', 'net/ipv4/tcp_mem', 'net/ipv4/tcp_rmem', 'net/ipv4/udp_mem'];
/** A secret that the kernel drew itself. */
const DRAWN = /^[0-9a-f]{4}(?::[0-9a-f]{4}){7}\n$/;

test.each([
  ['net', '7.3', 'sysctl-all', 'net/', RECORDED_PARTS.modules, 47_000],
  ['net/ipv4/vs, of modules', '7.3', 'sysctl-modules', 'net/ipv4/vs/', ['ip_vs', 'ip_vs_lblc', 'ip_vs_lblcr'], 1500],
  ['net', '6.12', 'sysctl-all', 'net/', RECORDED_PARTS.modules, 10_000],
  ['net', '6.1', 'sysctl-all', 'net/', RECORDED_PARTS.modules, 10_000],
] as const)('every write to a file of /proc/sys/%s does what it did on %s, to the file, to others and to the log', (_name, profile, name, beginning, modules, least) => {
  const { machine: { kernel }, lines } = testMachine({ profile, parts: { ...RECORDED_PARTS, modules } });
  const byPath = new Map(kernel.sysctls.map((entry) => [entry.path, entry]));
  const byName = new Map(kernel.sysctls.map((entry) => [entry.name, entry]));
  const rows = recordedRowsOf(profile, name).filter(({ file }) => file.startsWith(beginning));
  for (const { file, boot } of rows) {
    if (boot !== undefined && BY_FREE_MEMORY.includes(file)) kernel.values.set(byPath.get(file)?.name ?? '', boot.trimEnd().split('\t').map(BigInt));
  }
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
  const read = (entry: CtlTable): string => {
    const answer = sysctlRead(kernel, entry, 0, 65_536);
    return typeof answer === 'number' ? errnoName(answer) : Buffer.from(answer).toString('latin1');
  };
  const isFile = (name: string): boolean => (byName.get(name)?.mode ?? 0) >= 0o400;
  /** The files whose value is another than in `before`. */
  const differing = (before: ReadonlyMap<string, SysctlValue>): CtlTable[] =>
    [...kernel.values].flatMap(([name, value]) => {
      const old = before.get(name);
      return value !== old && String(value) !== String(old) && isFile(name) ? [byName.get(name) as CtlTable] : [];
    });
  const remember = (before: Map<string, SysctlValue>): void => {
    for (const [name, value] of kernel.values) if (before.get(name) !== value) before.set(name, value);
  };
  const masked = (path: string, text: string): string => (path.endsWith('stable_secret') && DRAWN.test(text) ? 'a secret\n' : text);

  const wrong: unknown[] = [];
  let count = 0;
  const before = new Map(kernel.values);
  for (const { file, boot, oneWay, writes } of rows) {
    const entry = byPath.get(file);
    if (entry === undefined) {
      wrong.push({ file, missing: true });
      continue;
    }
    const readable = (entry.mode & 0o400) !== 0;
    if (readable && boot !== undefined && masked(file, read(entry)) !== masked(file, boot)) wrong.push({ file, boot, got: read(entry) });
    let looks = LOOKS;
    for (const { write, at = 0, ret, value, changed, log = [] } of writes) {
      count += 1;
      const own = readable ? read(entry) : undefined;
      const shown = new Map<string, string>();
      lines();
      const answer = sysctlWrite(kernel, entry, at, bytes(write));
      const logged = lines().map((line) => line.replace(/^(\d),/, '<$1>'));
      const differ = differing(before);
      const others = Object.fromEntries(differ.filter((each) => each !== entry).map((each) => [each.path, masked(each.path, read(each))]));
      const got = { ret: answer < 0 ? errnoName(answer) : answer, value: readable ? read(entry) : undefined, changed: others, log: logged };
      // Whether the recorder looked at the other files.
      const looked = changed !== undefined || (value !== undefined && looks > 0);
      if (value !== undefined) looks -= 1;
      const wanted = {
        ret, value: readable ? value ?? own : undefined, log,
        changed: looked ? Object.fromEntries(Object.entries(changed ?? {}).map(([path, text]) => [path, masked(path, text)])) : others,
      };
      if (JSON.stringify(sorted(got)) !== JSON.stringify(sorted(wanted))) wrong.push({ file, write, at, wanted, got });
      if (oneWay) {
        remember(before);
        continue;
      }
      // As the recorder does: all that differ are written back, and again, for one may set another.
      for (const each of differ) {
        const after = kernel.values.get(each.name);
        const old = before.get(each.name);
        if (old === undefined) continue;
        kernel.values.set(each.name, old);
        shown.set(each.path, read(each));
        if (after !== undefined) kernel.values.set(each.name, after);
      }
      for (let pass = 0; pass < 2; pass += 1) {
        for (const each of differ.sort((a, b) => (a.path < b.path ? -1 : 1))) {
          const text = shown.get(each.path);
          if (text !== undefined) sysctlWrite(kernel, each, 0, bytes(text));
        }
      }
      lines();
      remember(before);
    }
  }
  expect({ count, wrong: wrong.slice(0, 20), wrongs: wrong.length }).toEqual({ count, wrong: [], wrongs: 0 });
  expect(count).toBeGreaterThan(least);
});

/** The same with the keys of `changed` in order. */
function sorted<T extends { readonly changed: Readonly<Record<string, string>>; readonly ret: unknown; readonly value: unknown; readonly log: unknown }>(
  { changed, ret, value, log }: T,
): unknown {
  return { ret, value, log, changed: Object.entries(changed).sort(([a], [b]) => (a < b ? -1 : 1)) };
}
