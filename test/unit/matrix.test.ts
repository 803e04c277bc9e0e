import { describe, expect, it } from 'vitest';
import { PROFILE_NAMES } from '../../src/kernel/profiles/names.ts';
import { list } from '../../src/language/words.ts';
import { errnoName } from '../../src/abi/errno.ts';
import { PAGE_TYPE_NAMES } from '../../src/kernel/memory/page-types.ts';
import { RACES } from '../../src/kernel/memory-failure/injection.ts';
import { casesOf, commandOf, isHardwareReport, matrix, MATRIX_VIAS, type MatrixRow, type MatrixVia } from '../../src/machine/matrix.ts';
import { runCli } from '../support/cli.ts';
import { testMachine } from '../support/machine.ts';

const BOTH = ['v4', '7.3'] as const;

/** Rows as `slab` or `free race=allocated`. */
const named = ({ type, race }: { readonly type: string; readonly race?: string }): string => (race === undefined ? type : `${type} race=${race}`);

const known = new Map<MatrixVia, readonly MatrixRow<(typeof BOTH)[number]>[]>();

/** The matrix of an entry for both kernels, which is made once. */
function matrixOfBoth(via: MatrixVia): readonly MatrixRow<(typeof BOTH)[number]>[] {
  const rows = known.get(via) ?? matrix(via, BOTH);
  known.set(via, rows);
  return rows;
}

describe('the matrix', () => {
  it('has every page type and every race', () => {
    for (const via of MATRIX_VIAS) {
      const rows = matrixOfBoth(via);
      expect(rows.filter(({ race }) => race === undefined).map(({ type }) => type)).toEqual(PAGE_TYPE_NAMES);
      expect(rows.flatMap(({ race = [] }) => race).sort()).toEqual(via === 'soft-offline' ? [] : Object.keys(RACES).sort());
    }
  });

  it('has the kernels differ where the merged patch differs from the posted one', () => {
    const differing = matrixOfBoth('hard').filter(({ differs }) => differs).map(named);
    expect(differing).toEqual([
      'slab', 'pgtable', 'large-kmalloc', 'high-order', 'unknown', 'anon race=grabbed', 'free race=allocated',
    ]);
    const soft = matrixOfBoth('soft-offline').filter(({ differs }) => differs).map(named);
    expect(soft).toEqual(['reserved', 'slab', 'pgtable', 'large-kmalloc', 'zero']);
    expect(matrix('hard', ['7.3']).some(({ differs }) => differs)).toBe(false);
  });

  it('every race changes what comes of its page', () => {
    const rows = matrixOfBoth('hard');
    for (const row of rows.filter(({ race }) => race !== undefined)) {
      const calm = rows.find(({ type, race }) => type === row.type && race === undefined);
      expect(row.outcomes).not.toEqual(calm?.outcomes);
    }
  });

  it.each(MATRIX_VIAS)('via %s says what a machine of another size and seed does', (via) => {
    for (const profile of BOTH) {
      for (const [index, each] of casesOf(via).entries()) {
        const { write, lines, machine } = testMachine({ profile, seed: 99 });
        write('/proc/sys/vm/panic_on_unrecoverable_memory_failure', '1');
        const written = write('/control', `${commandOf(each, via)}\n`);
        const { lines: printed, result, panics } = matrixOfBoth(via)[index]?.outcomes.find((outcome) => outcome.profile === profile) ?? { lines: [], result: 'none', panics: undefined };
        const log = lines().map((line) => line.slice(2)).filter((line) => !isHardwareReport(line));
        for (const [at, line] of printed.entries()) expect(log[at]).toContain(line.split(/ pfn 0xPFN| type 0x/)[0]);
        expect(panics).toBe(machine.kernel.death !== undefined);
        expect(result).toBe(written < 0 ? errnoName(written) : 'ok');
        if (!panics) expect(log).toHaveLength(printed.length);
      }
    }
  });

  it('shows a frame as one, and flags as they are', () => {
    expect(matrixOfBoth('corrupt')[0]?.outcomes[0]?.lines[0]).toBe('Injecting memory failure at pfn 0xPFN');
    const dirty = matrixOfBoth('soft-offline').find(({ type }) => type === 'unevictable-dirty');
    expect(dirty?.outcomes[0]?.lines.at(-1)).toMatch(/^page migration failed 1, type 0x[0-9a-f]+\(/);
  });
});

describe('vmsysctld matrix', () => {
  it('is a table of at most 120 columns, whole, with a star where the kernels differ', async () => {
    const { status, out, err } = await runCli('matrix', '--via', 'all');
    expect({ status, err }).toEqual({ status: 0, err: [] });
    for (const line of out) expect(line.length).toBeLessThanOrEqual(120);
    expect(out.join('\n')).not.toContain('…');
    expect(out.filter((line) => /^\* \S+ {2}/.test(line)).slice(0, 5).map((line) => line.split(/ +/)[1]))
      .toEqual(['slab', 'pgtable', 'large-kmalloc', 'high-order', 'unknown']);
    expect(out.filter((line) => line.startsWith('  vmalloc')).map((line) => line.split(/ {2,}/).slice(2)))
      .toEqual([...Array.from({ length: 4 }, () => expect.arrayContaining(['same']) as unknown), ['unhandlable page.', 'EIO', 'same']]);
  });

  it('of one kernel has no marks', async () => {
    const { out } = await runCli('matrix', '--profile', '7.3');
    expect(out.filter((line) => line.startsWith('*'))).toEqual([]);
    expect(out.find((line) => line.startsWith('  slab '))).toMatch(/^ {2}slab +unhandlable page\. +EIO, panics$/);
  });

  it('is JSON, an object a line', async () => {
    const { out } = await runCli('matrix', '--json', '--via', 'all');
    const objects = out.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(objects).toHaveLength(2 * MATRIX_VIAS.reduce((sum, via) => sum + casesOf(via).length, 0));
    for (const each of objects) expect(Object.keys(each)).toEqual(['via', 'type', 'race', 'profile', 'result', 'panics', 'lines']);
    expect(objects).toContainEqual({
      via: 'hard', type: 'slab', race: null, profile: '7.3', result: 'EIO', panics: true,
      lines: ['unhandlable page.', 'recovery action for reserved kernel page: Ignored'],
    });
    expect(objects).toContainEqual({
      via: 'mce', type: 'free', race: 'allocated', profile: '7.3', result: 'EBUSY', panics: false,
      lines: [
        'mce: [Hardware Error]: Machine check events logged', 'Disabling lock debugging due to kernel taint',
        'recovery action for high-order kernel page: Ignored',
      ],
    });
  });

  it('is lines with tabs', async () => {
    const { out } = await runCli('matrix', '--tsv');
    expect(out[0]).toBe('via\ttype\trace\tprofile\tresult\tpanics\tlines');
    expect(out).toContain('hard\tanon\tbusy\tv4\tEBUSY\tfalse\trecovery action for get hwpoison page: Ignored');
    for (const line of out) expect(line.split('\t')).toHaveLength(7);
  });

  it('takes sysctls of the machine', async () => {
    const disarmed = await runCli('matrix', '--sysctl', 'vm.panic_on_unrecoverable_memory_failure=0');
    expect(disarmed.out[1]).toBe('vm.panic_on_unrecoverable_memory_failure=0');
    expect(disarmed.out.join('\n')).not.toContain('panics');
    const early = await runCli('matrix', '--json', '--sysctl', 'vm.memory_failure_early_kill=1');
    expect(early.out.find((line) => line.includes('"anon"'))).toMatch(/Sending SIGBUS to \S+:\d+ due to hardware memory corruption/);
    // A machine that reboots at once has also panicked.
    const rebooting = await runCli('matrix', '--json', '--sysctl', 'kernel.panic=-1');
    expect(rebooting.out[0]).toContain('"panics":true');
  });

  it.each([
    [['--json', '--tsv'], '--json and --tsv exclude each other: give one of them'],
    [['--profile', '5.10'], `--profile takes ${list([...PROFILE_NAMES, 'both', 'all'], 'or')}, not '5.10'`],
    [['--via', 'magic'], "--via takes hard, corrupt, mce, ghes, soft-offline or all, not 'magic'"],
    [['slab'], "unknown word 'slab'; vmsysctld matrix --help lists all"],
    [['--sysctl', 'vm.panic_on_unrecoverable_memory_failure=2'], /^--sysctl: vm\.panic_on_unrecoverable_memory_failure takes /],
  ])('%j is bad usage: one line, exit status 2', async (args, message) => {
    const { status, out, err } = await runCli('matrix', ...args);
    expect({ status, out }).toEqual({ status: 2, out: [] });
    expect(err).toEqual([expect.stringMatching(/^vmsysctld: /)]);
    const said = err[0]?.slice('vmsysctld: '.length);
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});
