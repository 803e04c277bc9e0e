import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { EINJ_ERROR_TYPES, einjErrorInject, validateErrorType } from '../../kernel/ras/einj.ts';
import type { FileHandler, FileNode } from '../../vfs/node.ts';
import { shownFile, textFile } from '../../vfs/node.ts';
import { U64_MAX } from '../../kernel/kstrtoull.ts';
import { simpleAttr } from './simple-attribute.ts';

/** The files that show and take a number in hex: name, variable and width. Source: debugfs_create_x32() and x64() in einj_probe(). */
const NUMBER_FILES = [
  ['flags', 32], ['notrigger', 32], ['param1', 64], ['param2', 64], ['param3', 64], ['param4', 64],
] as const;

/**
 * /sys/kernel/debug/apei/einj: error injection by the firmware. Source: drivers/acpi/apei/einj-core.c.
 */
export function einjFiles(kernel: Kernel): Record<string, FileNode> {
  const numbers = NUMBER_FILES.map(([name, bits]): [string, FileNode] => [name, file(0o600, numberHandler(kernel, name, bits))]);
  return {
    available_error_type: { ...shownFile(() => EINJ_ERROR_TYPES.map(({ bit, name }) => `0x${hexDigits(bit, 32)}\t${name}\n`).join(''), 0), mode: 0o400 },
    error_inject: file(0o200, simpleAttr(() => einjErrorInject(kernel))),
    error_type: kernel.profile.ras.einjV2
      ? { kind: 'file', mode: 0o600, size: 0, handler: typeTextHandler(kernel) }
      : file(0o600, { ...textFile(() => `0x${kernel.ras.einj.errorType.toString(16)}\n`), ...simpleAttr((value) => setType(kernel, value)) }),
    ...Object.fromEntries(numbers),
  };
}

/** A simple attribute, which simple_attr_open() opens without positions. */
function file(mode: number, handler: FileHandler): FileNode {
  return { kind: 'file', mode, size: 0, seeking: 'none', handler };
}

function numberHandler(kernel: Kernel, name: (typeof NUMBER_FILES)[number][0], bits: 32 | 64): FileHandler {
  return {
    ...textFile(() => `0x${hexDigits(kernel.ras.einj[name], bits)}\n`),
    ...simpleAttr((value) => {
      const variables: Record<typeof name, number | bigint> = kernel.ras.einj;
      variables[name] = bits === 32 ? Number(BigInt.asUintN(32, value)) : value;
      return 0;
    }),
  };
}

function hexDigits(value: number | bigint, bits: 32 | 64): string {
  return value.toString(16).padStart(bits / 4, '0');
}

/** Bytes of the buffer of error_type, without its NUL. */
const TYPE_BYTES = 31;
/** What sscanf("%llx") takes: blanks, then digits of base 16. */
const HEX_NUMBER = /^[ \t\n\v\f\r]*(?:0x(?=[0-9a-f]))?([0-9a-f]+)/i;

/** error_type since version 2: it shows what was written, right or wrong. Mirrors error_type_set() and error_type_get(). */
function typeTextHandler(kernel: Kernel): FileHandler {
  const { ras } = kernel;
  return {
    // The file shows a buffer: each read sees it as it is now.
    read: (_file, position, length) => encode(ras.einj.typeText).subarray(position, position + length),
    write(_file, _position, data) {
      if (data.length > TYPE_BYTES) return -ERRNO.EINVAL;
      const text = String.fromCharCode(...data);
      const end = text.indexOf('\0');
      const written = end === -1 ? text : text.slice(0, end);
      ras.einj.typeText = written;
      const second = written.startsWith('V2_');
      const [, digits] = HEX_NUMBER.exec(second ? written.slice(3) : written) ?? [];
      if (digits === undefined || BigInt(`0x${digits}`) > U64_MAX) return -ERRNO.EINVAL;
      ras.einj.isV2 = second;
      return setType(kernel, BigInt(`0x${digits}`)) || data.length;
    },
  };
}

function encode(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function setType(kernel: Kernel, type: bigint): number {
  const refused = validateErrorType(type);
  if (refused === 0) kernel.ras.einj.errorType = Number(type);
  return refused;
}
