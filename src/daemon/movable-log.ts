import type { PrintkRecord } from '../kernel/effect.ts';
import type { LogRefusal } from './log/file.ts';
import { type LogWorld, type LogWriter, openLog } from './log/log.ts';

/** A log that can go on under another name. */
export interface MovableLog extends LogWriter {
  /** Has it go on in another file; what is owed goes into the one it had, if it can. On failure, a negative errno, it goes on there. */
  moveTo(path: string): number;
}

/** As openLog(), of a log that can be moved; `tell` hears of what happens to the log at a path. */
export function openMovableLog(
  path: string, format: (record: PrintkRecord) => string, tell: (path: string) => LogWorld['tell'],
): MovableLog | LogRefusal {
  const opened = openLog(path, format, { tell: tell(path) });
  if ('why' in opened) return opened;
  let log: LogWriter = opened;
  return {
    get path() {
      return log.path;
    },
    get sure() {
      return log.sure;
    },
    get owes() {
      return log.owes;
    },
    write: (records) => log.write(records),
    ready: (bytes) => log.ready(bytes),
    reopen: () => log.reopen(),
    close: () => { log.close(); },
    moveTo(next) {
      const moved = openLog(next, format, { tell: tell(next) });
      if ('why' in moved) return moved.errno;
      log.close();
      log = moved;
      return 0;
    },
  };
}
