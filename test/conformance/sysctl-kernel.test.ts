import { expect, test } from 'vitest';
import { testMachine, type TestMachine } from '../support/machine.ts';
import { type Counts, kernelsWith, known, recording } from '../support/recording.ts';

/** A file of the recording: its first value, and the effect of each echo: `WRITTEN -> STATUS [VALUE AFTERWARDS]`. */
interface Section {
  readonly file: string;
  readonly before: string;
  readonly echoes: readonly { written: string; status: number; after: string }[];
}

function sectionsOf(text: string): readonly Section[] {
  return text.split(/^== /m).slice(1).map((part) => {
    const [file = '', before = '', ...lines] = part.split('\n');
    const echoes = lines.flatMap((line) => {
      const match = /^(.*) -> (\d+) \[(.*)\]$/.exec(line);
      return match ? [{ written: match[1] ?? '', status: Number(match[2]), after: match[3] ?? '' }] : [];
    });
    return { file, before, echoes };
  });
}

/** That machine was booted with panic=-1, and the recording taints it first. */
const SET_BEFORE: Readonly<Record<string, string>> = { panic: '-1', tainted: '144' };

/**
 * The exit status of `echo WORDS > FILE`: the shell writes the rest if write(2) took only a part. A read-only file cannot be opened for
 * writing.
 */
function echo({ vfs }: TestMachine, path: string, written: string): number {
  const attributes = vfs.getattr(path);
  if (typeof attributes === 'number' || (attributes.mode & 0o222) === 0) return 1;
  const bytes = Buffer.from(`${written}\n`, 'latin1');
  const handle = vfs.open(path, 1);
  try {
    for (let position = 0; position < bytes.length;) {
      const answer = vfs.write(handle, position, bytes.subarray(position));
      if (typeof answer !== 'number' || answer <= 0) return 1;
      position += answer;
    }
    return 0;
  } finally {
    vfs.release(handle);
  }
}

const RECORDED: Counts<{ readonly files: number; readonly echoes: number }> = {
  '7.3': { files: 32, echoes: 607 }, '6.12': { files: 31, echoes: 588 }, '6.1': { files: 31, echoes: 588 },
};

test.each(kernelsWith('sysctl-kernel.KERNEL.txt'))('every recorded echo into /proc/sys/kernel ends as it did on Linux %s', (kernel) => {
  const differences: string[] = [];
  let count = 0;
  const sections = sectionsOf(recording(`sysctl-kernel.${kernel}.txt`));
  for (const { file, before, echoes } of sections) {
    const path = `/proc/sys/kernel/${file}`;
    const machine = testMachine({ profile: kernel });
    const preset = SET_BEFORE[file];
    if (preset !== undefined) machine.write(path, preset);
    expect(machine.read(path), `boot value of ${path}`).toBe(`${before}\n`);
    expect(echoes.length, `echoes into ${path}`).toBeGreaterThan(17);
    for (const { written, status, after } of echoes) {
      count += 1;
      const ours = { status: echo(machine, path, written), after: String(machine.read(path)).replaceAll('\t', ' ').replaceAll('\n', '|') };
      if (ours.status !== status || ours.after !== after) {
        differences.push(`${file} '${written}': Linux ${JSON.stringify({ status, after })}, here ${JSON.stringify(ours)}`);
      }
    }
  }
  console.info(`sysctl-kernel, ${kernel}: ${count - differences.length} of ${count} identical`);
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(580);
  expect({ files: sections.length, echoes: count }).toEqual(known(RECORDED, kernel, { files: sections.length, echoes: count }));
});
