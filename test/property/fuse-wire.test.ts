import fc from '../support/fast-check.ts';
import { describe, expect, it } from 'vitest';
import type { Field, Layout } from '../../src/abi/fuse-protocol.ts';
import * as protocol from '../../src/abi/fuse-protocol.ts';
import { get, put } from '../../src/fuse/dev-fuse/wire.ts';
import { compileText } from '../support/compile.ts';
import { sh } from '../e2e/support/shell.ts';

const BYTES = { u16: 2, u32: 4, i32: 4, u64: 8 } as const;
const VALUES: { readonly [T in Field[1]]: fc.Arbitrary<number> } = {
  u16: fc.integer({ min: 0, max: 2 ** 16 - 1 }),
  u32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  i32: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  u64: fc.maxSafeNat(),
};
/** Every layout of the module, by name. The other exports are numbers and names. */
const LAYOUTS = Object.entries<unknown>(protocol).filter((entry): entry is [string, Layout] => typeof entry[1] === 'object' && entry[1] !== null && 'fields' in entry[1]);

describe('a number in a structure', () => {
  it('is read as it was put, and nothing else is changed', () => {
    const kinds = Object.keys(VALUES) as Field[1][];
    const place = fc.constantFrom(...kinds).chain((type) => fc.tuple(fc.constant(type), fc.nat(40), fc.nat(40), VALUES[type], fc.uint8Array({ minLength: 100, maxLength: 100 })));
    fc.assert(fc.property(place, ([type, base, at, value, bytes]) => {
      const before = Uint8Array.from(bytes);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      put(view, base, [at, type], value);
      expect(get(view, base, [at, type])).toBe(value);
      const from = base + at;
      for (const [index, byte] of bytes.entries()) if (index < from || index >= from + BYTES[type]) expect(byte).toBe(before[index]);
    }));
  });

  it('is stored as C on a little-endian machine stores it', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (value) => {
      const bytes = Buffer.alloc(8);
      put(new DataView(bytes.buffer, bytes.byteOffset, 8), 0, [0, 'u64'], value);
      expect(bytes.readBigUInt64LE()).toBe(BigInt(value));
    }));
  });
});

describe('the structures', () => {
  it.each(LAYOUTS)('%s: fields lie within it, apart from each other, each at a multiple of its size', (_name, { size, fields }) => {
    const places = Object.values(fields).map(([at, type]) => [at, at + BYTES[type]] as const).sort(([a], [b]) => a - b);
    for (const [index, [from, to]] of places.entries()) {
      expect(to).toBeLessThanOrEqual(places[index + 1]?.[0] ?? size);
      expect(from % (to - from)).toBe(0);
    }
  });

  it('are those of the C header on this machine', async (context) => {
    const rows = LAYOUTS.map(([name, { fields }]) => {
      const type = `struct ${name.toLowerCase()}`;
      // The one layout whose fields C has in a structure of their own.
      const within = name === 'FUSE_STATFS_OUT' ? 'st.' : '';
      const offsets = Object.keys(fields).map((field) => `printf(" ${field}=%zu/%zu", offsetof(${type}, ${within}${field}), sizeof(((${type} *)0)->${within}${field}));`);
      return `printf("${name} %zu", sizeof(${type})); ${offsets.join(' ')} puts("");`;
    });
    const program = await compileText(`#include <stddef.h>\n#include <stdio.h>\n#include <linux/fuse.h>\nint main(void) { ${rows.join('\n')} return 0; }\n`);
    if (program === undefined) {
      context.skip('no C compiler, or no linux/fuse.h: apt-get install gcc libc6-dev');
      return;
    }
    try {
      const { stdout } = await sh('exec "$1"', [program.path]);
      const here = LAYOUTS.map(([name, { size, fields }]) =>
        [name, size, ...Object.entries(fields).map(([field, [at, type]]) => `${field}=${at}/${BYTES[type]}`)].join(' '));
      expect(stdout.trimEnd().split('\n')).toEqual(here);
    } finally {
      await program.remove();
    }
  });
});
