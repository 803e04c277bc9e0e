import { beforeAll, expect, it } from 'vitest';
import { MAIN } from './support/daemon.ts';
import { describeMount } from './support/mounts.ts';
import { sh } from './support/shell.ts';

const INTERFACE = 'vmsysctld0';

/** The questions of a tool, by a name: lines of bash each. */
const QUESTIONS = {
  'seconds now': 'date +%s',
  '/proc/uptime': 'cut -d " " -f 1 /proc/uptime',
  // The number of sysinfo(2) on x86-64, and on arm64. Its first field is the uptime.
  'sysinfo(2)': `perl -e '$info = "\\0" x 512; syscall($ARGV[0] eq "x86_64" ? 99 : 179, $info); print unpack("q", $info), "\\n"' $(uname -m)`,
  CLOCK_BOOTTIME: `perl -MTime::HiRes=clock_gettime -e 'print clock_gettime(7), "\\n"'`,
  btime: 'sed -n "s/^btime //p" /proc/stat',
  'ps etimes': 'ps -o etimes= -p $$',
  'seconds injected': 'date +%s; echo "inject type=anon" > $VMSYSCTLD_CONTROL',
  // Each record is PRIORITY,SEQUENCE,MICROSECONDS,FLAGS;TEXT.
  '/dev/kmsg': 'dd if=/dev/kmsg iflag=nonblock bs=8192 2>/dev/null | grep -a "Memory failure.*recovery action" | tail -n 1',
  'dmesg -T': 'TZ=UTC dmesg -T | grep "Memory failure.*recovery action" | tail -n 1 | sed "s/^\\[\\(.*\\)\\].*/\\1/" | TZ=UTC date +%s -f -',
  names: 'domainname inner.example; hostname inner; sysctl -n kernel.hostname kernel.domainname; sysctl -qw kernel.domainname=other.example; domainname',
  // A file shows that the request is done.
  interfaces: `cd /proc/sys/net/ipv4; look() { ls conf neigh | grep -c ${INTERFACE}; cat conf/${INTERFACE}/forwarding; }
    look; for wish in add del; do echo $wish > $FIFO; read -r _ < $FIFO; look; done`,
} as const;
type Question = keyof typeof QUESTIONS;

const SEPARATOR = '-- next question --';
const SCRIPT = Object.values(QUESTIONS).map((question) => `( ${question} ) 2>&1; echo "${SEPARATOR}"\n`).join('');

/** Runs exec in a network namespace. CMD can add and remove an interface there. */
const FULFILLING = `export FIFO=$(mktemp -u); mkfifo $FIFO; trap 'rm $FIFO' EXIT
  "$@" & exec=$!
  for _ in 1 2; do read -r wish < $FIFO; ip link $wish ${INTERFACE} type bridge; echo done > $FIFO; done
  wait $exec`;

describeMount('what tells the time, the name and the network of a machine, under exec', () => {
  const answers = new Map<string, string>();
  const answer = (question: Question): string => answers.get(question) ?? '';
  const numberOf = (question: Question): number => Number.parseFloat(answer(question));

  beforeAll(async () => {
    const { stdout, stderr, status } = await sh('exec unshare --net bash -c "$@"', [FULFILLING, 'bash', process.execPath, MAIN, 'exec', '--profile', '7.3', '--', 'bash', '-c', SCRIPT], {
      environment: { LC_ALL: 'C' }, timeout: 100_000,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const parts = stdout.split(`${SEPARATOR}\n`);
    Object.keys(QUESTIONS).forEach((name, index) => answers.set(name, (parts[index] ?? '').trim()));
  }, 120_000);

  it('agrees: /proc/uptime, sysinfo(2), CLOCK_BOOTTIME, the boot time of /proc/stat, and what ps(1) makes of it', () => {
    const uptime = numberOf('/proc/uptime');
    expect(uptime).toBeGreaterThan(0);
    // Whole seconds, and the time between the two questions.
    const within = 60;
    for (const later of [numberOf('sysinfo(2)'), numberOf('CLOCK_BOOTTIME'), numberOf('seconds now') - numberOf('btime')]) {
      expect(later).toBeGreaterThanOrEqual(Math.floor(uptime) - 1);
      expect(later).toBeLessThan(uptime + within);
    }
    expect(numberOf('ps etimes')).toBeGreaterThanOrEqual(0);
    expect(numberOf('ps etimes')).toBeLessThanOrEqual(numberOf('CLOCK_BOOTTIME') + within);
    expect(Math.abs(numberOf('CLOCK_BOOTTIME') - uptime)).toBeLessThan(within);
  });

  it('dates the records of the log as the clock does', () => {
    expect(Math.abs(numberOf('dmesg -T') - numberOf('seconds injected'))).toBeLessThanOrEqual(2);
  });

  it('lets the records pass by the rule of node-problem-detector, which passes over those of five minutes before its start', () => {
    // The boot time is that of sysinfo(2), in whole seconds. The time of a record is that and its microseconds. Source:
    // pkg/systemlogmonitor/logwatchers/kmsg/.
    const bootTime = numberOf('seconds now') - numberOf('sysinfo(2)');
    const [, , microseconds] = answer('/dev/kmsg').split(';', 1)[0]?.split(',') ?? [];
    const recorded = bootTime + Number(microseconds) / 1e6;
    expect(recorded).toBeGreaterThan(numberOf('seconds now') - 5 * 60);
    expect(Math.abs(recorded - numberOf('seconds injected'))).toBeLessThan(3);
  });

  it('has one hostname and one domain name, whichever way they are set', () => {
    expect(answer('names').split('\n')).toEqual(['inner', 'inner.example', 'other.example']);
  });

  it('has the files of network interfaces that appear while CMD runs, and has them no more when they have gone', () => {
    const missing = `cat: conf/${INTERFACE}/forwarding: No such file or directory`;
    expect(answer('interfaces').split('\n')).toEqual(['0', missing, '2', '0', '0', missing]);
  });
});
