import { describe, expect, test } from 'vitest';
import { errnoName } from '../../src/abi/errno.ts';
import { LOOPBACK, PLAIN_PARTS } from '../../src/kernel/sysctl/machine-parts.ts';
import { MODULE_NAMES, withNeeded } from '../../src/kernel/sysctl/modules/names.ts';
import { readMachineParts } from '../../src/machine/machine-parts.ts';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { type Counts, kernelsWith, known, type RecordedKernel, recording } from '../support/recording.ts';

/** binfmt_misc is a filesystem of its own, which was mounted for the recording; the others bring network devices. */
const NOT_EMULATED = ['binfmt_misc', 'netrom', 'rose'];

/** `PATH MODE VALUE` of the files that each module added, after the files of the modules that it needs. */
function recordedModules(kernel: RecordedKernel): { readonly name: string; readonly files: string[] }[] {
  return recording(`proc-sys-modules.${kernel}.txt`).trimEnd().split('\n').reduce((modules, line) => {
    const [, module, file = ''] = /^MODULE (\S+)|F (.*)$/.exec(line) ?? [];
    if (module !== undefined) return [...modules, { name: module.replaceAll('-', '_'), files: [] as string[] }];
    modules.at(-1)?.files.push(file);
    return modules;
  }, [] as { readonly name: string; readonly files: string[] }[]).filter(({ name }) => !NOT_EMULATED.includes(name));
}

/** The paths of all files below /proc/sys, or below a directory there. */
function pathsOf(machine: TestMachine, directory = ''): string[] {
  const names = machine.vfs.readdir(`/proc/sys/${directory}`);
  return typeof names === 'number' ? [directory.slice(0, -1)] : names.flatMap((name) => pathsOf(machine, `${directory}${name}/`));
}

/** A file as the recording shows it. */
function shownFile({ vfs, read }: TestMachine, path: string): string {
  const attributes = vfs.getattr(`/proc/sys/${path}`);
  const value = read(`/proc/sys/${path}`);
  const mode = typeof attributes === 'number' ? '' : (attributes.mode & 0o7777).toString(8).padStart(4, '0');
  const text = typeof value === 'number' ? `!${errnoName(value)}` : value.replaceAll('\t', '\\t').replaceAll('\n', '\\n');
  return `${path} ${mode} ${text}`;
}

/** A machine with these modules. */
function machineWith(profile: RecordedKernel, modules: readonly string[]): TestMachine {
  return testMachine({ profile, parts: { ...PLAIN_PARTS, interfaces: [LOOPBACK], modules } });
}

/** The files that the last of some modules adds to those of the others, as the recording shows them. */
function addedByLast(profile: RecordedKernel, modules: readonly string[]): string[] {
  const before = new Set(pathsOf(machineWith(profile, modules.slice(0, -1))));
  const machine = machineWith(profile, modules);
  return pathsOf(machine).filter((path) => !before.has(path)).map((path) => shownFile(machine, path)).sort();
}

const FILES: Counts = { '7.3': 237, '6.12': 261, '6.1': 256 };

describe.each(kernelsWith('proc-sys-modules.KERNEL.txt'))('kernel %s', (kernel) => {
  const recorded = recordedModules(kernel);

  test('each module that can be named adds the recorded files, with mode and boot value', () => {
    const named = recorded.filter(({ name, files }) => files.length > 0 || MODULE_NAMES.includes(name));
    for (const { name, files } of named) {
      expect({ name, files: addedByLast(kernel, withNeeded([name])) }).toEqual({ name, files: [...files].sort() });
    }
    const files = named.flatMap((each) => each.files);
    expect(files.length).toBeGreaterThan(230);
    expect(files).toHaveLength(known(FILES, kernel, files.length));
  });

  test('what is recorded of no module has no files: test_sysctl alone, which Debian does not build', () => {
    const names = recorded.map(({ name }) => name);
    const others = MODULE_NAMES.filter((name) => !withNeeded([name]).some((each) => names.includes(each)));
    const plain = new Set(pathsOf(machineWith(kernel, [])));
    expect(pathsOf(machineWith(kernel, others)).filter((path) => !plain.has(path) && !path.startsWith('debug/test_sysctl/'))).toEqual([]);
  });
});

test('a module brings those it needs, before itself, under either spelling of its name', () => {
  expect(readMachineParts({ interfaces: [], modules: ['ip-vs-rr', 'md-mod'], without: [] })).toMatchObject({
    modules: ['nf_defrag_ipv6', 'nf_defrag_ipv4', 'nf_conntrack', 'ip_vs', 'ip_vs_rr', 'md_mod'],
  });
});
