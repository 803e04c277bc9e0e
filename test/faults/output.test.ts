import { expect, it } from 'vitest';
import { MAIN } from '../e2e/support/daemon.ts';
import { describeDaemon, makePlace, mountsBelow } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

/** Where standard output and standard error may go, in the words of the shell. `$3` is the mount point. */
const STREAMS = [
  { what: 'a full standard output', streams: '> /dev/full 2> "$3.err"', status: 1 },
  { what: 'a full standard error', streams: '> "$3.out" 2> /dev/full', status: 0 },
  { what: 'both full', streams: '> /dev/full 2> /dev/full', status: 1 },
  { what: 'a closed standard output', streams: '>&- 2> "$3.err"', status: 0 },
  { what: 'a closed standard error', streams: '> "$3.out" 2>&-', status: 0 },
  { what: 'all three closed', streams: '<&- >&- 2>&-', status: 0 },
  { what: 'a standard output that nobody reads any more', streams: '> >(exec true) 2> "$3.err"', status: 0 },
  { what: 'a standard error that nobody reads any more', streams: '> "$3.out" 2> >(exec true)', status: 0 },
  { what: 'both with nobody at the other end', streams: '> >(exec true) 2> >(exec true)', status: 0 },
] as const;

describeDaemon('a daemon with', (transport) => {
  it.each(STREAMS)('$what serves, logs all, and ends with $status', async ({ streams, status }) => {
    const place = await makePlace();
    try {
      const script = `"$1" "$2" mount "$3" --log "$3.log" --transport "$4" --verbose ${streams} &
        daemon=$!
        until [ -e "$3/control" ]; do sleep 0.05; done
        for i in $(seq 50); do echo "log line $i" > "$3/control" || echo "line $i: $?"; done
        cat "$3/proc/sys/vm/swappiness"; kill -HUP $daemon
        grep -c '\\] line [0-9]*$' "$3.log"; kill -TERM $daemon; wait $daemon; echo "status $?"`;
      const { stdout, stderr } = await sh(script, [process.execPath, MAIN, place.mountPoint, transport]);
      expect({ stdout, stderr }).toEqual({ stdout: `60\n50\nstatus ${status}\n`, stderr: '' });
      expect(await mountsBelow(place.directory)).toEqual([]);
    } finally {
      await place.remove();
    }
  });
});
