// The arguments of record.mjs, and its help.
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { RECORDINGS } from './recordings.mjs';

const ACCELERATORS = ['auto', 'tcg', 'kvm'];

export const HELP = `Usage: node test/recorder/record.mjs [options] [RECORDING…]

Boots a Debian kernel under qemu and records how it answers. Without RECORDING: all.

  --kernel DIR     a kernel unpacked before, by test/recorder/fetch-kernel.sh
  --suite S        fetch it from this Debian suite (default experimental)
  --version V      its version (default 7.3-amd64); "amd64" is the newest of the suite
  --out DIR        where recordings are written (default test/recordings)
  --check          write nothing: compare with test/recordings, noise apart
  --against R      with --check: compare with the recordings of release R
  --seed N         what sysctl-random writes (default 1)
  --accel A        auto, tcg or kvm (default auto: KVM if it can boot the kernel)
  --help

Recordings:
${RECORDINGS.map(({ name, about }) => `  ${name.padEnd(22)} ${about}`).join('\n')}`;

const OPTIONS = {
  kernel: { type: 'string' },
  suite: { type: 'string' },
  version: { type: 'string' },
  out: { type: 'string' },
  check: { type: 'boolean', default: false },
  against: { type: 'string' },
  seed: { type: 'string', default: '1' },
  accel: { type: 'string', default: 'auto' },
  help: { type: 'boolean', short: 'h', default: false },
};

/** The options with their defaults, or `{ error }`: one line that says what is wrong and what would be right. */
export function parseOptions(argv) {
  let values;
  let positionals;
  try {
    ({ values, positionals } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true }));
  } catch (error) {
    // Node adds advice about `--` in further sentences. The first sentence is enough.
    return { error: `${error.message.split('. ')[0].replace(/\.$/, '')}; see --help` };
  }
  const error = contradiction(values, positionals);
  if (error !== undefined) return { error };
  return {
    ...values,
    suite: values.suite ?? 'experimental',
    // Only experimental has 7.3. For any other suite its newest kernel is meant.
    version: values.version ?? (values.suite === undefined || values.suite === 'experimental' ? '7.3-amd64' : 'amd64'),
    out: values.out ?? fileURLToPath(new URL('../recordings', import.meta.url)),
    recordings: positionals,
    seed: Number(values.seed),
  };
}

function contradiction({ kernel, suite, version, out, check, against, seed, accel }, positionals) {
  const names = RECORDINGS.map(({ name }) => name);
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) return `there is no recording '${unknown}'; there are ${names.join(', ')}`;
  if (kernel !== undefined && (suite ?? version) !== undefined) return '--kernel names a kernel on disk; --suite and --version name one to fetch';
  // They become part of addresses and file names.
  const odd = [suite, version, against].find((value) => value !== undefined && !/^[a-z0-9][\w.+~-]*$/i.test(value));
  if (odd !== undefined) return `'${odd}' cannot be a suite, a version or a release`;
  if (!ACCELERATORS.includes(accel)) return `--accel is one of ${ACCELERATORS.join(', ')}, not '${accel}'`;
  if (!/^[1-9]\d{0,8}$/.test(seed)) return `--seed is a whole number from 1 to 999999999, not '${seed}'`;
  const random = RECORDINGS.find(({ name, ifNamed }) => ifNamed && positionals.includes(name));
  if (check && random !== undefined) return `${random.name} has no recording to compare with: leave out --check, or use npm run test:live`;
  if (check && out !== undefined) return '--check writes nothing: leave out --out';
  if (against !== undefined && !check) return '--against needs --check';
  return undefined;
}
