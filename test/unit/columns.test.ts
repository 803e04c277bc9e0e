import { describe, expect, it } from 'vitest';
import { columns, folded } from '../../src/language/columns.ts';

describe('columns of text', () => {
  it('are as wide as their widest cell, of all its lines, and end without blanks', () => {
    expect(columns([['pid', '7'], ['uptime', '1.5 s\nboot 2']])).toEqual(['pid     7', 'uptime  1.5 s', '        boot 2']);
  });

  it('count characters, not UTF-16 units', () => {
    expect(columns([['a😀', 'b'], ['äöü', 'c']])).toEqual(['a😀   b', 'äöü  c']);
  });

  it('end at the same place if that is asked for, have a least width, and what is given between', () => {
    expect(columns([['host', '1'], ['b', '20']], { right: (column) => column > 0, least: [6, 3], gap: '|' })).toEqual(['host  |  1', 'b     | 20']);
  });

  it('stay in their place where rows have fewer cells', () => {
    expect(columns([['a', 'long', 'c'], ['b'], ['d', 'e', 'f']])).toEqual(['a  long  c', 'b', 'd  e     f']);
  });
});

describe('a folded text', () => {
  it('breaks at blanks, and in a word only if it is longer than a line', () => {
    expect(folded('recovery action for reserved page', 15, '  ')).toEqual(['recovery action', '  for reserved', '  page']);
    expect(folded('0123456789', 6, '  ')).toEqual(['0123', '  4567', '  89']);
    expect(folded('', 6)).toEqual(['']);
  });
});
