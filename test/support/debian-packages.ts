import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sh } from '../e2e/support/shell.ts';

/** Where packages are unpacked, once for each checkout. A checkout may fill its node_modules. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/debian', import.meta.url));

/** A client from Debian: the packages that it is unpacked from, and a command that fails if it cannot run. `$root` is where they are. */
export interface Client {
  readonly packages: readonly string[];
  readonly works: string;
  /** The wanted files of large packages, as patterns of tar(1). */
  readonly only?: Readonly<Record<string, string>>;
}

const PYTHON = 'PYTHONPATH=$root/usr/lib/python3/dist-packages /usr/bin/python3';

/** Programs used by tests, except those that every Debian has. */
export const CLIENTS = {
  ansible: {
    packages: ['ansible-core', 'ansible', 'python3-resolvelib', 'python3-jinja2', 'python3-markupsafe', 'python3-packaging', 'python3-yaml', 'python3-distutils'],
    only: { ansible: '*/ansible_collections/ansible/posix/*' },
    works: `LC_ALL=C.UTF-8 ${PYTHON} $root/usr/bin/ansible --version`,
  },
  tuned: {
    packages: ['tuned', 'python3-pyudev', 'python3-configobj', 'python3-decorator', 'python3-linux-procfs', 'python3-dbus', 'python3-gi', 'python3-six'],
    works: `${PYTHON} $root/usr/sbin/tuned --version`,
  },
  nodeExporter: { packages: ['prometheus-node-exporter'], works: '$root/usr/bin/prometheus-node-exporter --version' },
} as const satisfies Record<string, Client>;

/** They are unpacked and not installed. So nothing of the machine changes, and no service starts. */
const UNPACK = `
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
root=$1; works=$2; only=$3; shift 3
fetch() { apt-get -q -o APT::Sandbox::User=root download "$@"; }
fetch "$@" || { apt-get update -q && fetch "$@"; }
rm -rf "$root"; mkdir -p "$root"
for package in *.deb; do
  pattern=$(printf '%s\\n' "$only" | sed -n "s/^\${package%%_*} //p")
  if [ -n "$pattern" ]; then dpkg-deb --fsys-tarfile "$package" | tar -xC "$root" --wildcards "$pattern"; else dpkg-deb -x "$package" "$root"; fi
done
eval "$works" >/dev/null
touch "$root/complete"
`;

/** Where a client is unpacked, or why it cannot be. */
export async function unpacked(name: keyof typeof CLIENTS): Promise<{ readonly root: string } | { readonly missing: string }> {
  const root = `${CACHE}/${name}`;
  if (existsSync(`${root}/complete`)) return { root };
  const { packages, works, only = {} }: Client = CLIENTS[name];
  const patterns = Object.entries(only).map((pair) => pair.join(' ')).join('\n');
  try {
    const { status, stderr } = await sh(UNPACK, [root, works, patterns, ...packages], { timeout: 200_000 });
    return status === 0 ? { root } : { missing: stderr.trim().split('\n').at(-1) ?? '' };
  } catch (error) {
    return { missing: (error as Error).message.split('\n', 1)[0] ?? '' };
  }
}
