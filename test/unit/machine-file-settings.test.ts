import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { formatMachineFile } from '../../src/machine-file/format.ts';
import { parseMachineFile } from '../../src/machine-file/parse.ts';
import { runCli } from '../support/cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'vmsysctld-machine-'));
afterAll(() => { rmSync(directory, { recursive: true }); });

describe('what a machine file says beside the memory', () => {
  it('is read as it is written', () => {
    const settings = { profile: '7.3', interfaces: ['eth0', 'eth0.100'], modules: ['nf_conntrack'], sysctls: ['vm.swappiness=10', 'kernel.core_pattern=|/bin/x "%p" # y', 'kernel.modprobe='] };
    const text = formatMachineFile({ memoryBytes: 2 ** 30 }, settings);
    const parsed = parseMachineFile(new TextEncoder().encode(text), 2 ** 30);
    if ('error' in parsed) throw new Error(parsed.error.message);
    const texts = (of: readonly { text: string }[]): string[] => of.map((each) => each.text);
    const { profile, interfaces, modules, sysctls } = parsed.settings;
    expect({ profile, interfaces: texts(interfaces), modules: texts(modules), sysctls: texts(sysctls) }).toEqual(settings);
  });

  const WRONG: readonly (readonly [text: string, message: string | RegExp])[] = [
    ['profile 9.9', /^unknown kernel '9\.9', it is /],
    ['profile 7.3\nprofile v4', 'profile is given in line 1 already'],
    ['interface a/b', "bad interface 'a/b', it is a name such as eth0 or eth0.100"],
    ['module nf_contrack', "unknown module 'nf_contrack', did you mean 'nf_conntrack'?"],
    ['sysctl', 'sysctl is missing TEXT'],
  ];
  it.each(WRONG)('%j is refused', (text, message) => {
    const parsed = parseMachineFile(new TextEncoder().encode(text), 2 ** 30);
    expect('error' in parsed ? parsed.error.message : '').toMatch(message);
  });

  it('check takes the parts of the machine from it', async () => {
    const [machine, conf] = [join(directory, 'my.machine'), join(directory, 'a.conf')];
    writeFileSync(machine, 'interface eth7\nmodule nf_conntrack\n');
    writeFileSync(conf, 'net.ipv4.conf.eth7.rp_filter=1\nnet.netfilter.nf_conntrack_max=1000\n');
    expect((await runCli('check', '--json', '--profile', '7.3', conf)).out).toHaveLength(2);
    expect(await runCli('check', '--json', '--profile', '7.3', '--machine', machine, conf)).toEqual({ status: 0, out: [], err: [] });
  });
});
