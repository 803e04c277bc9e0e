import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { execScript } from '../e2e/support/exec.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

let directory: string;

beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-tracefs-')); });
afterAll(async () => { await rm(directory, { recursive: true }); });

async function missing(what: string, command: string): Promise<boolean> {
  if ((await sh('PATH=$PATH:/usr/sbin:/sbin command -v "$1"', [command])).status === 0) return false;
  console.warn(`SKIPPED: ${what}: there is no ${command}`);
  return true;
}

const noTraceCmd = await missing('trace-cmd on the trace events', 'trace-cmd');
/** Waits until a command succeeds, for at most 20 s. */
const WAIT_FOR = 'wait_for() { local n; for n in $(seq 600); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "waited in vain for $*"; exit 1; }\n';
const INSTANCE = 'cd /sys/kernel/tracing/instances && mkdir r && cd r && echo ras:memory_failure_event > set_event\n';
const INJECT = 'inject() { echo 0x4000 2> /dev/null > /sys/kernel/debug/hwpoison/corrupt-pfn || true; }\n';

async function run(script: string): Promise<string> {
  const { status, stdout, stderr } = await execScript(`set -e\n${WAIT_FOR}${INJECT}${script}`, ['--profile', '7.3']);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describeMount('tracefs under exec', () => {
  it('is where tools look for it, and takes mkdir(2) and rmdir(2)', async () => {
    const text = await run(`
      findmnt -n -o FSTYPE /sys/kernel/debug | tail -n 1; stat -f -c %T /sys/kernel/tracing; getconf _NPROCESSORS_CONF
      cd /sys/kernel/debug/tracing/instances; mkdir a; ls a | wc -l; ls /sys/kernel/tracing/instances
      (exec 3< a/trace_pipe; rmdir a 2>&1 || true); rmdir a; ls; mkdir a; echo 1 > a/events/ras/enable; cat a/events/enable; rmdir a
      mkdir /sys/kernel/tracing/b 2>&1 || true`);
    expect(text).toMatch(/^fuse\.vmsysctld\nfuseblk\n2\n16\na\nrmdir: failed to remove 'a': Device or resource busy\nX\nmkdir: .*: Operation not permitted\n$/);
  });

  it('lets a read wait for an event, and a poll, which at buffer_percent 0 does not wait for a half full buffer', async () => {
    const text = await run(`${INSTANCE}
      echo 0 > buffer_percent
      (read -r line < trace_pipe; echo "$line" > ${directory}/line) & reader=$!
      python3 - > ${directory}/polled 2>&1 <<'END' & poller=$!
import os, select
fd = os.open('per_cpu/cpu0/trace_pipe_raw', os.O_RDONLY)
poll = select.poll(); poll.register(fd, select.POLLIN)
print(poll.poll(0), flush=True); print([event for _, event in poll.poll(20000)]); print(len(os.read(fd, 4096)))
END
      wait_for grep -q '^\\[\\]' ${directory}/polled
      inject; wait $reader; cat ${directory}/line
      inject; wait $poller; cat ${directory}/polled
      timeout 1 cat trace_pipe | wc -l; timeout -s INT 1 cat per_cpu/cpu0/trace_pipe_raw | wc -c`);
    expect(text).toMatch(/^\S+-\d+ +\[000\] \.{5} +\d+\.\d{6}: memory_failure_event: pfn 0x4000: .*\n\[\]\n\[1\]\n4096\n\d+\n\d+\n$/);
  });

  it('counts what a stopped reader loses, in a buffer that does not grow', async () => {
    const text = await run(`${INSTANCE}
      echo 8 > buffer_size_kb
      cat per_cpu/cpu0/trace_pipe_raw > ${directory}/pages & reader=$!; disown $reader
      inject; wait_for test -s ${directory}/pages
      kill -STOP $reader
      for n in 1 2 3 4 5 6 7 8 9 10; do inject; done
      /bin/echo "inject pfn=0x4000 count=20000" 2> /dev/null > $VMSYSCTLD_CONTROL || true
      kill -KILL $reader; wait_for test ! -e /proc/$reader
      cat per_cpu/cpu0/stats; cat buffer_size_kb; cd ..; rmdir r; ls`);
    const { entries = 0, overrun = 0 } = Object.fromEntries([...text.matchAll(/^(entries|overrun): (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)]));
    expect(entries).toBeGreaterThan(300);
    expect(entries).toBeLessThan(600);
    expect(entries + overrun).toBeGreaterThan(19_000);
    expect(text).toMatch(/\n11\n$/);
  });

  /**
   * Bash for a command of trace-cmd: waits until a recorder sleeps in its read. A recorder that trace-cmd stops before that records nothing.
   */
  const WHEN_RECORDED = `reads() {
      for each in /proc/[0-9]*; do
        case $(readlink $each/fd/* 2> /dev/null) in *trace_pipe_raw*) grep -q "^State:.S" $each/status && return ;; esac
      done
      return 1
    }
    until reads; do sleep 0.05; done; `;

  it.skipIf(noTraceCmd)('is recorded and reported by trace-cmd, which decodes the pages', async () => {
    const text = await run(`cd ${directory}
      PATH=$PATH:/usr/sbin
      trace-cmd record -q -e ras -o trace.dat bash -c '${WHEN_RECORDED}for pfn in 0x4000 0x5000; do echo $pfn > /sys/kernel/debug/hwpoison/corrupt-pfn; done' 2> record.err || cat record.err
      trace-cmd report -i trace.dat`);
    const lines = text.split('\n').filter((line) => line.includes('memory_failure_event')).map((line) => line.replace(/^.*: (?=memory_failure_event)/, '').replace(/ +/g, ' '));
    expect(lines).toHaveLength(2);
    for (const [index, pfn] of ['0x4000', '0x5000'].entries()) {
      expect(lines[index]).toMatch(new RegExp(`^memory_failure_event: pfn ${pfn}: recovery action for .*: (?:Recovered|Ignored)$`));
    }
  });
});
