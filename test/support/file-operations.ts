import { errnoName } from '../../src/abi/errno.ts';
import type { CtlTable } from '../../src/kernel/sysctl/ctl-table.ts';
import { sysctlRead, sysctlWrite } from '../../src/kernel/sysctl/sysctl-file.ts';
import { entryOf, type TestMachine } from './sysctl-host.ts';

/** Bytes of a recorded write: hexadecimal, `20*4094,` for 4,094 times the byte 20, `-` for none. */
function bytesOf(text: string): Buffer {
  return Buffer.concat([...text.matchAll(/([0-9a-f]{2})(?:\*(\d+),)?/g)].map(([, hex = '', count]) => Buffer.alloc(Number(count ?? 1), hex, 'hex')));
}

/**
 * The system calls of a recording on the sysctls of one machine, as far as position and errno go: an open file with its position, read, write,
 * pread, pwrite and lseek to a place; `set` and `cat` are one write or read on a file opened for it. Answers as the recordings do: the count or
 * errno, and what was read in hexadecimal.
 */
export class FileOperations {
  private readonly machine: TestMachine;
  private open: { entry: CtlTable; position: number } | undefined;

  constructor(machine: TestMachine) {
    this.machine = machine;
  }

  run(line: string): string {
    const [operation = '', first = '', second = ''] = line.split(' ');
    const path = (): CtlTable => entryOf(first.replaceAll('/', '.'));
    switch (operation) {
      case 'open':
        this.open = { entry: path(), position: 0 };
        return '0';
      case 'close':
        this.open = undefined;
        return '0';
      case 'lseek':
        this.file.position = Number(first);
        return first;
      case 'set':
        return this.write(path(), 0, bytesOf(second)).text;
      case 'cat':
        return this.read(path(), 0, 65_536).text;
      case 'pwrite':
        return this.write(this.file.entry, Number(first), bytesOf(second)).text;
      case 'pread':
        return this.read(this.file.entry, Number(second), Number(first)).text;
      case 'write': {
        const { text, count } = this.write(this.file.entry, this.file.position, bytesOf(first));
        this.file.position += count;
        return text;
      }
      case 'read': {
        const { text, count } = this.read(this.file.entry, this.file.position, Number(first));
        this.file.position += count;
        return text;
      }
      default:
        throw new Error(`operation ${operation} is not known here`);
    }
  }

  private get file(): { entry: CtlTable; position: number } {
    if (!this.open) throw new Error('no open file');
    return this.open;
  }

  private write(entry: CtlTable, position: number, data: Buffer): { text: string; count: number } {
    const answer = sysctlWrite(this.machine.host, entry, position, data);
    return answer < 0 ? { text: errnoName(answer), count: 0 } : { text: String(answer), count: answer };
  }

  private read(entry: CtlTable, position: number, length: number): { text: string; count: number } {
    const answer = sysctlRead(this.machine.host, entry, position, length);
    if (typeof answer === 'number') return { text: errnoName(answer), count: 0 };
    return { text: `${answer.length} ${Buffer.from(answer).toString('hex')}`.trim(), count: answer.length };
  }
}
