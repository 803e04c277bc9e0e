import { describe, expect, it } from 'vitest';
import { PROCPS, PROCPS_3_3 } from '../../../src/check/tools/procps.ts';
import { SYSTEMD } from '../../../src/check/tools/systemd.ts';
import type { Tool } from '../../../src/check/tools/tool.ts';

/** What a tool reads in a text: `LINE[-]PATH=VALUE`, `LINE!PATH` for a line that excludes, `LINE?` for one that it ignores. */
function read(tool: Tool, text: string): string[] {
  const { assignments, bad } = tool.parse(text);
  return [
    ...assignments.map(({ line, path, value, tolerant }) => `${line}${tolerant ? '-' : ''}${value === undefined ? `!${path}` : `${path}=${value}`}`),
    ...bad.map(({ line }) => `${line}?`),
  ];
}

describe('lines of sysctl.d files', () => {
  const BOTH: readonly (readonly [text: string, ...read: string[]])[] = [
    ['vm.swappiness=10\n', '1vm/swappiness=10'],
    ['vm.swappiness=10', '1vm/swappiness=10'],
    ['  vm.swappiness \t=  10  \n', '1vm/swappiness=10'],
    ['vm/swappiness=10\n', '1vm/swappiness=10'],
    ['net.ipv4.conf.eth0/100.forwarding=1\n', '1net/ipv4/conf/eth0.100/forwarding=1'],
    ['net/ipv4/conf/eth0.100/forwarding=1\n', '1net/ipv4/conf/eth0.100/forwarding=1'],
    ['# a comment\n; another\n\n   \n #x=1\nvm.swappiness=1 # 2\n', '6vm/swappiness=1 # 2'],
    ['kernel.core_pattern=|/bin/x a=b\n', '1kernel/core_pattern=|/bin/x a=b'],
    ['-vm.swappiness=10\n', '1-vm/swappiness=10'],
    ['-net.ipv4.conf.lo.rp_filter\n', '1!net/ipv4/conf/lo/rp_filter'],
    ['vm.swappiness 10\nvm.swappiness=20\n', '2vm/swappiness=20', '1?'],
    ['vm.swappiness=\n', '1vm/swappiness='],
    // Lines cannot be continued.
    ['vm.swappiness=1\\\n0\nx\n', '1vm/swappiness=1\\', '2?', '3?'],
    ['', ...[]],
  ];
  for (const [text, ...wanted] of BOTH) {
    it(`${JSON.stringify(text)} is the same to both tools`, () => {
      expect(read(SYSTEMD, text)).toEqual(wanted);
      expect(read(PROCPS, text)).toEqual(wanted);
    });
  }

  it('systemd ends a line at a carriage return or a NUL too, and procps only at a newline', () => {
    expect(read(SYSTEMD, 'a.b=1\ra.c=2\r\na.d=3\n\ra.e=4\0a.f=5')).toEqual(['1a/b=1', '2a/c=2', '3a/d=3', '4a/e=4', '5a/f=5']);
    expect(read(PROCPS, 'a.b=1\ra.c=2\r\na.d=3\0x\n')).toEqual(['1a/b=1\ra.c=2', '2a/d=3']);
  });

  it('systemd simplifies paths, procps leaves them', () => {
    expect(read(SYSTEMD, 'net//ipv4/./x/=1\n/vm/y=1\n..=1\n')).toEqual(['1net/ipv4/x=1', '2vm/y=1', '3/=1']);
    expect(read(PROCPS, 'net//ipv4/./x/=1\n/vm/y=1\n..=1\n')).toEqual(['1net//ipv4/./x/=1', '2/vm/y=1', '3//=1']);
  });

  it('systemd takes blanks after a dash away, procps a second dash', () => {
    expect(read(SYSTEMD, '- vm.x=1\n--vm.x=1\n')).toEqual(['1-vm/x=1', '2--vm/x=1']);
    expect(read(PROCPS, '- vm.x=1\n--vm.x=1\n')).toEqual(['1- vm/x=1', '2-vm/x=1']);
  });

  it('procps 3.3 has no lines without a value, and takes a name alone for NAME= followed by =', () => {
    expect(read(PROCPS_3_3, 'vm.a=\nvm.b = \n-vm.c\nvm.d\n  vm.e\n====\n')).toEqual(['3-vm/c==', '4vm/d==', '1?', '2?', '3?', '4?', '5?', '6?']);
    expect(read(PROCPS_3_3, '-vm.a = 1 # 2 \n= vm.b=3\nvm.c =\t4\rx=5\n')).toEqual(['1-vm/a=1 # 2', '2 vm/b=3', '3vm/c=4']);
  });

  it('procps passes over a line of one character at the end of a file without a word', () => {
    expect(read(PROCPS, 'x')).toEqual([]);
    expect(read(PROCPS, 'x\n')).toEqual(['1?']);
    expect(read(SYSTEMD, 'x')).toEqual(['1?']);
  });

  it('systemd reads no further than a line of 1 MiB', () => {
    const { assignments, bad } = SYSTEMD.parse(`vm.a=1\nvm.b=${'1'.repeat(2 ** 20)}\nvm.c=1\n`);
    expect(assignments.map(({ path }) => path)).toEqual(['vm/a']);
    expect(bad.map(({ line, message }) => [line, message])).toEqual([[2, expect.stringContaining('1 MiB')]]);
  });
});
