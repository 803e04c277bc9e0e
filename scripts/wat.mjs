// WebAssembly text in src: `import module from './x.wat'` is the assembled module, as a Uint8Array. rolldown assembles it for the bundle, and
// vitest for tests that run the sources. wabt assembles, checks types, and names the line and column of an error.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';

/** The bytes of the module in a text. `name` is for messages. @throws Error with the line and column of what is wrong */
async function assemble(text, name) {
  // Loaded late: most tests import no such file.
  const { default: wabt } = await import('wabt');
  const module = (await wabt()).parseWat(name, text);
  try {
    module.validate();
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** The plugin for rolldown and vite. */
export function watPlugin() {
  return {
    name: 'wat',
    async load(id) {
      if (!id.endsWith('.wat')) return null;
      const bytes = await assemble(await readFile(id, 'utf8'), relative('', id));
      return { code: `export default Uint8Array.of(${bytes.join(',')});\n`, moduleType: 'js', map: { mappings: '' } };
    },
  };
}
