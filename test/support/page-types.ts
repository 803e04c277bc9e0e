import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sh } from '../e2e/support/shell.ts';

/** Built once for each checkout. A checkout may fill its node_modules. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/page-types', import.meta.url));

/**
 * Builds the kernel's own page-types from Debian's package of the kernel sources. Only that program is unpacked. Its one function from
 * elsewhere finds debugfs; here it returns a path from the environment.
 */
const BUILD = `
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT; cd "$work"
package=$(apt-cache depends linux-source 2>/dev/null | sed -n 's/ *Depends: \\(linux-source-[0-9.]*\\)$/\\1/p' | head -n 1)
fetch() { apt-get -q -o APT::Sandbox::User=root download "$package"; }
if [ -z "$package" ]; then apt-get update -q; package=$(apt-cache depends linux-source | sed -n 's/ *Depends: \\(linux-source-[0-9.]*\\)$/\\1/p' | head -n 1); fi
fetch || { apt-get update -q && fetch; }
dpkg-deb --fsys-tarfile linux-source-*.deb | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
  tar -xJ --wildcards --strip-components=1 '*/page-types.c' '*/include/uapi/linux/magic.h' '*/include/uapi/linux/kernel-page-flags.h' '*/tools/lib/api/fs/fs.h'
printf '#include <stdlib.h>\\nconst char *debugfs__mount(void) { return getenv("DEBUGFS"); }\\n' >debugfs.c
gcc -O2 -w -Itools/lib -Itools/include -o page-types tools/*/page-types.c debugfs.c
mkdir -p "$1" && mv page-types "$1/page-types"
`;

/** The path of page-types, or why it is missing: it needs Debian's sources and a C compiler. */
export async function buildPageTypes(): Promise<{ readonly path: string } | { readonly missing: string }> {
  const path = `${CACHE}/page-types`;
  if (existsSync(path)) return { path };
  const { status, stderr } = await sh(BUILD, [CACHE], { timeout: 240_000 });
  if (status === 0) return { path };
  return { missing: `page-types could not be built (apt-get download linux-source-…, gcc): ${stderr.trim().split('\n').at(-1) ?? ''}` };
}
