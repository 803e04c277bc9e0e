import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { type ConfigFile, filesInOrder } from '../../src/check/files.ts';
import { SysctlTree } from '../../src/check/sysctl-tree.ts';
import { TOOLS } from '../../src/check/check.ts';
import type { Placed } from '../../src/check/settings.ts';
import type { ToolName } from '../../src/check/tools/tool-names.ts';
import { Trials } from '../../src/check/trial.ts';
import { dottedName } from '../../src/kernel/sysctl/ctl-table.ts';
import { layOutMemory } from '../../src/kernel/memory/layout.ts';
import { PROFILES } from '../../src/kernel/profiles/profiles.ts';
import { LOOPBACK, netInterface } from '../../src/kernel/sysctl/machine-parts.ts';
import fc from '../support/fast-check.ts';
import { MAIN } from '../e2e/support/daemon.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

/** Sets of files that are tried. npm run test:random tries more, with other seeds. */
const CASES = 60;
/** The release of procps that is tried, as `--like` names it, and its program: the one of this machine, unless PROCPS=procps-3.3:/path/of/sysctl names another. */
const [PROCPS = 'procps', SYSCTL = 'sysctl'] = (process.env['PROCPS'] ?? '').split(':').filter((each) => each !== '') as [Exclude<ToolName, 'systemd'>?, string?];
const INTERFACE = 'dummy0';

/**
 * Names whose values depend on each other, of every kind of handler. Some are absent, read-only, write-only or directories; some are globs.
 */
const NAMES = [
  'vm.dirty_bytes', 'vm.dirty_ratio', 'vm.dirty_background_bytes', 'vm.dirty_background_ratio', 'vm.swappiness', 'vm.overcommit_ratio', 'vm.overcommit_kbytes',
  'vm.overcommit_memory', 'vm.laptop_mode', 'vm.drop_caches', 'vm.hugetlb_optimize_vmemmap', 'vm.nr_hugepages', 'vm.lowmem_reserve_ratio', 'vm.percpu_pagelist_high_fraction',
  'net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding', 'net.ipv4.conf.default.forwarding', 'net.ipv4.conf.lo.forwarding', 'net.ipv4.conf.all.accept_redirects',
  'net.ipv4.conf.default.rp_filter', 'net.ipv4.conf.dummy0.rp_filter', 'net.ipv4.conf.all.rp_filter', 'net.ipv6.conf.all.forwarding', 'net.ipv6.conf.default.accept_ra',
  'net.ipv6.conf.all.disable_ipv6', 'net.ipv6.conf.dummy0.disable_ipv6', 'net.ipv4.ip_local_port_range', 'net.ipv4.ip_local_reserved_ports', 'net.core.default_qdisc',
  'net.ipv4.tcp_congestion_control', 'net.ipv4.tcp_keepalive_time', 'net.ipv4.neigh.default.base_reachable_time_ms', 'net.ipv4.neigh.default.base_reachable_time',
  'kernel.sem', 'kernel.printk', 'kernel.core_pattern', 'kernel.ostype', 'kernel.yama.ptrace_scope', 'kernel.kexec_load_disabled', 'kernel.unprivileged_bpf_disabled',
  'kernel.modules_disabled', 'kernel.panic_print', 'kernel.printk_devkmsg', 'fs.protected_regular', 'fs.suid_dumpable', 'fs.file-max', 'fs.aio-nr',
  'vm.no_such', 'no_such', 'net.ipv4', 'net.ipv4.conf.eth0.rp_filter', 'vm.swappiness.x', 'vm.panic_on_unrecoverable_memory_failure',
  'net.ipv4.conf.*.rp_filter', 'net.ipv4.conf.*.forwarding', 'net.ipv[46].conf.all.forwarding', 'net.ipv4.conf.?o.forwarding', 'net.ipv6.conf.[!a]*.accept_ra', 'vm.dirty_*', 'vm.no_*',
  'net.ipv4.conf.{all,lo}.for*', 'vm.swap{p,q}iness',
];
const PLAIN = NAMES.filter((name) => !/[*?[{]/.test(name));

const value = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('0', '1', '2', '3', '10', '20', '60', '-1', '100', '201', '4096', '65536', '8192', '4294967295', '99999999999999999999') },
  { weight: 3, arbitrary: fc.constantFrom('', '0x10', '010', '+1', '1 2', '1\t2', '250 32000 100 128', '1024 65535', '8080,9148', '3-1', '1x', 'fq', 'bbr', 'cubic', 'off', 'ratelimit', '1 # 2', '"1"') },
  { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'aZ0 =-#;.,/%|\u00e4'), maxLength: 20 }) },
);
const blanks = fc.constantFrom('', '', '', ' ', '\t', '  ');

/** A line of a file: mostly a setting, in one of the ways to write it. */
const line = fc.oneof(
  { weight: 12, arbitrary: fc.record({ name: fc.constantFrom(...NAMES), value, dash: fc.constantFrom('', '', '', '-'), slashes: fc.boolean(), before: blanks, around: blanks, after: blanks })
    .map(({ name, value: to, dash, slashes, before, around, after }) => `${before}${dash}${slashes ? name.replaceAll('.', '/') : name}${around}=${around}${to}${after}`) },
  { weight: 2, arbitrary: fc.constantFrom(...PLAIN).map((name) => `-${name}`) },
  { weight: 1, arbitrary: fc.constantFrom('', '# vm.swappiness=1', ' ; x=1', 'vm.swappiness', 'vm.swappiness 1', '=1', 'net//ipv4///ip_forward=1', '/vm/swappiness=7', '- vm.swappiness=8', '--vm.swappiness=9', 'vm/./swappiness=5', 'vm/../vm/swappiness=4', 'x') },
);
const ending = fc.constantFrom('\n', '\n', '\n', '\n', '\r\n', '\n\n');
const text = fc.array(fc.tuple(line, ending), { maxLength: 8 }).map((lines) => lines.map((each) => each.join('')).join(''))
  // At the end of a file, procps 3.3 takes what the last lines left in its buffer for the value of a name alone.
  .chain((whole) => (PROCPS === 'procps-3.3' ? fc.constant(false) : fc.boolean()).map((cut) => (cut ? whole.replace(/[\r\n]+$/, '') : whole)));
const directory = fc.dictionary(fc.constantFrom('10-a.conf', '50-b.conf', '99-z.conf', 'B.conf', '.hidden.conf'), fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: fc.constant(null) }), { maxKeys: 3 });

interface Case {
  readonly etc: Readonly<Record<string, string | null>>;
  readonly usr: Readonly<Record<string, string | null>>;
  readonly conf: string;
}

/** What a tool did: its writes in order, the errno of those that failed, and the values of files at the end. */
interface Done {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly values: Readonly<Record<string, string>>;
}

const tree = new SysctlTree({
  profile: PROFILES['7.3'], layout: layOutMemory({ memoryBytes: 2 ** 30 }), parts: { interfaces: [LOOPBACK, netInterface(INTERFACE) ?? LOOPBACK], modules: [], without: [] },
});

const trials = new Trials(tree);

function filesOf({ etc, usr, conf }: Case): ConfigFile[] {
  return [
    ...Object.entries(etc).map(([name, content]): ConfigFile => ({ path: `/etc/sysctl.d/${name}`, text: content ?? '', place: 0 })),
    ...Object.entries(usr).map(([name, content]): ConfigFile => ({ path: `/usr/lib/sysctl.d/${name}`, text: content ?? '', place: 3 })),
    { path: '/etc/sysctl.conf', text: conf, place: 'sysctl.conf' },
  ];
}

function linesOf(given: Case, like: ToolName): { readonly lines: Placed[]; readonly bad: number } {
  const files = filesOf(given);
  const parsed = filesInOrder(files, TOOLS[like]).map((file) => ({ file, ...TOOLS[like].parse(files[file]?.text ?? '') }));
  return { lines: parsed.flatMap(({ file, assignments }) => assignments.map((each) => ({ ...each, file }))), bad: parsed.reduce((sum, { bad }) => sum + bad.length, 0) };
}

/** The paths whose values are compared: all that the lines may write. */
function pathsOf(given: Case): string[] {
  const planned = (['systemd', PROCPS] as const).flatMap((like) => TOOLS[like].plan(linesOf(given, like).lines, tree).map(({ path }) => path));
  const related = PLAIN.map((name) => name.replaceAll('.', '/')).filter((path) => !/drop_caches|stat_refresh/.test(path));
  return [...new Set([...planned.filter((path) => tree.row(path) !== undefined), ...related.filter((path) => tree.row(path) !== undefined)])];
}

const WORDS: Readonly<Record<string, string>> = {
  'Invalid argument': 'EINVAL', 'No such file or directory': 'ENOENT', 'Permission denied': 'EACCES', 'Operation not permitted': 'EPERM', 'Is a directory': 'EISDIR',
  'Not a directory': 'ENOTDIR', 'Numerical result out of range': 'ERANGE', 'Device or resource busy': 'EBUSY',
};

/** What systemd-sysctl logged: `PATH=VALUE ok`, or an errno. */
function loggedBySystemd(log: string): string[] {
  const writes: string[] = [];
  for (const each of log.split('\n')) {
    const [, path, to] = /^Setting '\/proc\/sys\/?(.*?)' to '(.*)'$/.exec(each) ?? [];
    if (path !== undefined) writes.push(`${path}=${to} ok`);
    const [, failedValue, failed, why = ''] = /^Couldn't write '(.*)' to '(.*?)'(?:, ignoring)?: (.*)$/.exec(each) ?? [];
    if (failed === undefined) continue;
    const last = writes.at(-1);
    const began = last?.endsWith(' ok') === true && last.startsWith(`${failed}=${failedValue}`);
    const result = `${failed}=${failedValue} ${WORDS[why] ?? why}`;
    if (began) writes[writes.length - 1] = result;
    else writes.push(result);
  }
  return writes;
}

function predictedOfSystemd(given: Case): { readonly writes: string[]; readonly status: number } {
  const { lines, bad } = linesOf(given, 'systemd');
  const { writes } = trials.run(TOOLS.systemd, lines);
  const fatal = writes.some(({ by, attempt }) => attempt.result === 'failed' && !by.tolerant && !['ENOENT', 'EACCES', 'EPERM'].includes(errnoName(attempt.errno)));
  return {
    writes: writes.map(({ by, path, attempt }) => `${path}=${by.value} ${attempt.result === 'failed' ? errnoName(attempt.errno) : 'ok'}`),
    status: bad > 0 || fatal ? 1 : 0,
  };
}

function predictedOfProcps(given: Case): { readonly written: string[]; readonly failed: string[] } {
  const { writes } = trials.run(TOOLS[PROCPS], linesOf(given, PROCPS).lines);
  const there = writes.filter(({ path }) => tree.mode(path) >= 0 && path !== '');
  const name = (path: string): string => (/^[^/.]*\//.test(path) ? dottedName(path) : path);
  return {
    written: there.filter(({ attempt }) => attempt.result === 'written').map(({ path, by }) => `${name(path)} = ${by.value}`),
    failed: there.filter(({ attempt }) => attempt.result === 'failed').map(({ path }) => name(path)),
  };
}

const TOOL_PATHS = ['/lib/systemd/systemd-sysctl', '/sbin/sysctl', '/etc/sysctl.conf', '/etc/sysctl.d', '/usr/lib/sysctl.d'];
const missing = TOOL_PATHS.filter((path) => !existsSync(path));
if (missing.length > 0) console.warn(`SKIPPED: check against the tools: there is no ${missing.join(', ')}`);

describeMount('check, against systemd-sysctl and sysctl(8)', () => {
  it.skipIf(missing.length > 0 || process.getuid?.() !== 0)('predicts each write of the tools, and the values at the end', async () => {
    const place = mkdtempSync(join(tmpdir(), 'vmsysctld-tools-'));
    try {
      const cases = fc.sample(fc.record({ etc: directory, usr: directory, conf: fc.oneof(fc.constant(''), text) }), CASES);
      const at = (name: string): string => join(place, name);
      for (const name of ['etc', 'usr']) mkdirSync(at(name));
      writeFileSync(at('conf'), '');
      writeFileSync(at('cases'), JSON.stringify(cases.map((files) => ({ files, paths: pathsOf(files) }))));
      const driver = fileURLToPath(new URL('support/run-sysctl-tools.mjs', import.meta.url));
      const script = `mount --bind "$1/etc" /etc/sysctl.d && mount --bind "$1/usr" /usr/lib/sysctl.d && mount --bind "$1/conf" /etc/sysctl.conf &&
        exec "$2" "$3" exec --profile 7.3 --interface ${INTERFACE} -- "$2" "$4" "$1/cases" "$1/results" "$1/etc" "$1/usr" "$1/conf" "$5"`;
      const { status, stderr } = await sh('unshare --mount --propagation private bash --norc -c "$@"', [script, 'bash', place, process.execPath, MAIN, driver, SYSCTL], { timeout: 150_000 });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const results = JSON.parse(readFileSync(at('results'), 'utf8')) as { systemd: Done; procps: Done }[];
      let writes = 0;
      cases.forEach((each, index) => {
        const { systemd, procps } = results[index] ?? {};
        if (systemd === undefined || procps === undefined) throw new Error(`case ${index} was not run`);
        const context = JSON.stringify(each);
        const wanted = predictedOfSystemd(each);
        expect({ writes: loggedBySystemd(systemd.stderr), status: systemd.status }, context).toEqual(wanted);
        expect(systemd.values, context).toEqual(valuesNow(Object.keys(systemd.values)));
        writes += wanted.writes.length;
        const { written, failed } = predictedOfProcps(each);
        expect(procps.stdout.split('\n').filter((said) => said !== '' && !said.startsWith('* Applying ')), context).toEqual(written);
        expect([...procps.stderr.matchAll(/key "(.*)"/g)].map(([, name]) => name), context).toEqual(failed);
        expect(procps.values, context).toEqual(valuesNow(Object.keys(procps.values)));
      });
      // Not all cases were empty.
      expect(writes).toBeGreaterThan(CASES);
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});

/** What files of the machine show after the last trial. */
function valuesNow(paths: readonly string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => {
    const shown = tree.read(path);
    return [path, typeof shown === 'string' ? shown : errnoName(shown)];
  }));
}
