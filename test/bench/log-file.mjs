// Logs of any size for replay's bench: ordinary chatter in which no two lines have the same time, and one memory failure in 100,000 lines.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { chatterLine, failureLine } from '../support/chatter.mjs';

const LINES = 100_000;
/** The first line is so late that all stamps have the same width. */
const FIRST = 25_000_000;
const SECONDS = /\[(\d{7})\./g;

/** Writes such a log of at least a number of bytes. Returns how many failures are in it. */
export function writeLog(path, size, withFailures = true) {
  const block = Buffer.from(Array.from({ length: LINES }, (_, n) => chatterLine(FIRST + n)).join(''));
  const stamps = Array.from(block.toString('latin1').matchAll(SECONDS), ({ 1: seconds, index }) => ({ at: index + 1, seconds: Number(seconds) }));
  const file = openSync(path, 'w');
  let failures = 0;
  for (let written = 0, round = 0; written < size; round += 1) {
    for (const { at, seconds } of stamps) {
      for (let digit = 6, rest = seconds + (round * LINES) / 25; digit >= 0; digit -= 1, rest = Math.floor(rest / 10)) block[at + digit] = 0x30 + (rest % 10);
    }
    written += writeSync(file, block);
    if (!withFailures) continue;
    written += writeSync(file, failureLine(FIRST + (round + 1) * LINES - 1));
    failures += 1;
  }
  closeSync(file);
  return failures;
}

/** The bytes of a small log, at least. */
const SMALL = 600;

/** Writes `count` small logs into a directory, each with a failure in its last line. Returns their paths. */
export function writeSmallLogs(directory, count) {
  return Array.from({ length: count }, (_, number) => {
    const path = join(directory, `small-${number}.log`);
    let text = failureLine(FIRST + LINES);
    for (let line = LINES - 1; text.length < SMALL; line -= 1) text = chatterLine(FIRST + line) + text;
    writeFileSync(path, text);
    return path;
  });
}
