import { constants } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AppendPositions } from '../../src/fuse/append-position.ts';

const HANDLE = 3;

/** A descriptor opened with O_APPEND. */
function appending(): AppendPositions {
  const positions = new AppendPositions();
  positions.opened(HANDLE, constants.O_RDWR | constants.O_APPEND);
  return positions;
}

describe('a descriptor opened with O_APPEND', () => {
  // Linux sends an appending write to the size that it remembers, and later calls continue after it.
  it('is written from where proc has it stand: the first write at 0, the next behind what was taken of it', () => {
    const positions = appending();
    expect(positions.ofWrite(HANDLE, 7)).toBe(0);
    positions.written(HANDLE, 7, 5);
    expect(positions.ofWrite(HANDLE, 12)).toBe(5);
  });

  it('is moved on by what is read from where it stands, as Linux moves it', () => {
    const positions = appending();
    expect(positions.ofRead(HANDLE, 0)).toBe(0);
    positions.read(HANDLE, 0, 3);
    expect(positions.ofRead(HANDLE, 3)).toBe(3);
    expect(positions.ofWrite(HANDLE, 100)).toBe(3);
  });

  it('is not moved by a pread(2) from elsewhere, nor by what gave nothing', () => {
    const positions = appending();
    expect(positions.ofRead(HANDLE, 40)).toBe(40);
    positions.read(HANDLE, 40, 3);
    positions.read(HANDLE, 0, -5);
    positions.written(HANDLE, 7, -22);
    expect(positions.ofWrite(HANDLE, 7)).toBe(0);
  });

  it('is read behind what was written to it, wherever Linux had that arrive', () => {
    const positions = appending();
    positions.written(HANDLE, 7, 5);
    expect(positions.ofRead(HANDLE, 12)).toBe(5);
    positions.read(HANDLE, 12, 3);
    expect(positions.ofRead(HANDLE, 15)).toBe(8);
  });

  it('is forgotten when it is closed', () => {
    const positions = appending();
    positions.written(HANDLE, 0, 5);
    positions.released(HANDLE);
    expect(positions.ofWrite(HANDLE, 100)).toBe(100);
  });
});
