// rasdaemon, unmodified, of two Debian releases: each on the kernel that it comes with, under one exec, which does all that is looked at.
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Database as DatabaseClass } from 'node-sqlite3-wasm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEBIAN_13 } from '../../scripts/setup.mjs';
import { MAIN } from '../e2e/support/daemon.ts';
import { execScript } from '../e2e/support/exec.ts';
import { describeMount } from '../e2e/support/mounts.ts';
import { sh } from '../e2e/support/shell.ts';

const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm') as { readonly Database: typeof DatabaseClass };
let directory: string;

beforeAll(async () => { directory = await mkdtemp(join(tmpdir(), 'vmsysctld-rasdaemon-')); });
afterAll(async () => { await rm(directory, { recursive: true }); });

async function skipped(what: string, because: Promise<string | undefined> | string | undefined): Promise<boolean> {
  const reason = await because;
  if (reason !== undefined) console.warn(`SKIPPED: ${what}: ${reason}`);
  return reason !== undefined;
}

const missing = async (command: string): Promise<string | undefined> => (
  (await sh('PATH=$PATH:/usr/sbin:/sbin command -v "$1"', [command])).status === 0 ? undefined : `there is no ${command}`);
/** Rasdaemon looks in /proc/mounts for debugfs, which only root of the host can mount. */
const noDebugfs = (await sh('unshare -m mount -t debugfs none /sys/kernel/debug')).status === 0 ? undefined : 'debugfs cannot be mounted here';
const noDebian12 = await skipped('rasdaemon of Debian 12', noDebugfs ?? missing('rasdaemon'));
const noDebian13 = await skipped('rasdaemon of Debian 13', noDebugfs ?? (existsSync(DEBIAN_13) ? missing('rasdaemon') : 'the set-up could not fetch it'));
const noDmidecode = await skipped('ras-mc-ctl on the mainboard', missing('dmidecode'));

/** Waits until a command succeeds, for at most 30 s. `stored EVENT N`: rasdaemon has written that many of an event into its database. */
const FUNCTIONS = `set -e
wait_for() { local n; for n in $(seq 300); do "$@" > /dev/null 2>&1 && return; sleep 0.1; done; echo "waited in vain for $*"; cat $OUT; exit 1; }
stored() { [ $(grep -c "$1 store" $OUT) -ge $2 ]; }
einj() { cd /sys/kernel/debug/apei/einj; echo $1 > error_type; echo $2 > param1; echo 0xfffffffffffff000 > param2; echo 1 > error_inject; }
mount -t tmpfs own /var/lib/rasdaemon
PATH=$PATH:/usr/sbin
INSTANCE=/sys/kernel/tracing/instances/rasdaemon
`;

/** Runs a script, whose parts are headed by \`== NAME\`; their texts. */
async function run(script: string, options: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { status, stdout, stderr } = await execScript(`OUT=${directory}/out\n${FUNCTIONS}${script}`, options, { timeout: 200_000 });
  expect({ status, stderr, stdout: status === 0 ? '' : stdout }).toEqual({ status: 0, stderr: '', stdout: '' });
  return Object.fromEntries(stdout.split(/^== /m).slice(1).map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]));
}

/** The rows of a table of a database. */
function rows(path: string, query: string): readonly Record<string, unknown>[] {
  const database = new Database(path, { readOnly: true });
  try {
    return database.all(query);
  } finally {
    database.close();
  }
}

describeMount('rasdaemon under exec', () => {
  it.skipIf(noDebian12)('of Debian 12 polls until half of the buffer is full, as on Linux 6.1, unless buffer_percent is 0; replay reads its database', async () => {
    const database = join(directory, 'debian-12.db');
    const shown = await run(`
      rasdaemon -f -r > $OUT 2>&1 & daemon=$!
      wait_for grep -q 'Recording mce_record events' $OUT
      echo '== events'; cat $INSTANCE/set_event; grep -o '\\[uptime\\]' $INSTANCE/trace_clock
      echo 'error pfn=0x4000 severity=corrected' > $VMSYSCTLD_CONTROL
      echo '== waiting'; grep -E '^(entries|read events)' $INSTANCE/per_cpu/cpu0/stats
      kill $daemon; wait $daemon || true; grep -c ' store' $OUT || true
      echo 0 > $INSTANCE/buffer_percent
      rasdaemon -f -r > $OUT 2>&1 & daemon=$!
      wait_for grep -q 'Recording mce_record events' $OUT
      echo 'error pfn=0x4000 severity=corrected' > $VMSYSCTLD_CONTROL
      wait_for stored mc_event 1; wait_for stored mce_record 1
      einj 0x10 0x5000000 > /dev/null
      wait_for stored mc_event 2
      echo '== errors'; ras-mc-ctl --errors; echo '== summary'; ras-mc-ctl --summary
      echo '== meminfo'; grep HardwareCorrupted /proc/meminfo
      kill $daemon; wait $daemon || true
      cp /var/lib/rasdaemon/ras-mc_event.db ${database}`, ['--profile', '6.1']);
    expect(shown.events).toMatch(/^mce:mce_record\n(?:\w+:\w+\n)*ras:mc_event\n(?:\w+:\w+\n)*\[uptime\]\n$/);
    expect(shown.waiting).toBe('entries: 2\nread events: 0\n0\n');
    expect(shown.errors).toMatch(/^1 \d{4}-\S+ \S+ \S+ 1 Corrected error\(s\): .* addr 67108864,/m);
    expect(shown.errors).toMatch(/^2 \d{4}-\S+ \S+ \S+ 1 Uncorrected error\(s\): .* addr 83886080,/m);
    expect(shown.errors).toMatch(/^MCE events:\n1 .* addr=0x04000000,/m);
    expect(shown.meminfo).toMatch(/^HardwareCorrupted: +4 kB\n$/);
    const { status, stdout, stderr } = await sh('"$1" "$2" replay --json "$3"', [process.execPath, MAIN, database]);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it.skipIf(noDebian13)('of Debian 13 records each event, takes pages offline, runs its triggers; what a stopped one loses is counted', async () => {
    const database = join(directory, 'debian-13.db');
    const trigger = join(directory, 'triggers/trigger');
    await mkdir(join(directory, 'triggers'));
    await writeFile(trigger, `#!/bin/sh\nenv > ${directory}/trigger.new; mv ${directory}/trigger.new ${directory}/trigger.$(grep -q ^PFN= ${directory}/trigger.new && echo failure || echo error)\n`);
    await chmod(trigger, 0o755);
    await writeFile(join(directory, 'labels.db'), 'Vendor: acme\n  Model: board\n    LEFT: 0.0; RIGHT: 0.1;\n');
    const bin = join(DEBIAN_13, 'usr/sbin');
    const shown = await run(`
      export PAGE_CE_ACTION=soft PAGE_CE_THRESHOLD=3 PAGE_CE_REFRESH_CYCLE=24h TRIGGER_DIR=${directory}/triggers MC_UE_TRIGGER=trigger MEM_FAIL_TRIGGER=trigger
      ${bin}/rasdaemon -f -r > $OUT 2>&1 & daemon=$!
      wait_for grep -q 'Listening to events for cpus' $OUT; wait_for grep -q 'Recording memory_failure_event' $OUT
      echo '== events'; cat $INSTANCE/set_event $INSTANCE/buffer_percent; grep -c wait_access $OUT || true
      echo 'error pfn=0x4000 severity=corrected mem-dev=0x1100' > $VMSYSCTLD_CONTROL
      wait_for stored mc_event 1; wait_for stored mce_record 1
      echo 'error pfn=0x6000 severity=corrected mem-dev=0x1101 count=3' > $VMSYSCTLD_CONTROL
      wait_for stored mc_event 4; wait_for grep -q 'HardwareCorrupted: *4 kB' /proc/meminfo
      echo '== offline'; grep -i 'offlin' $OUT | tail -n 1; grep -c 'soft_offline: 0x6000\\|Soft offline' $VMSYSCTLD_LOG || true
      einj 0x10 0x5000000
      wait_for stored memory_failure_event 1; wait_for stored mc_event 5
      wait_for test -e ${directory}/trigger.error; wait_for test -e ${directory}/trigger.failure
      for command in errors summary layout error-count ${noDmidecode ? '' : 'mainboard print-labels guess-labels'}; do echo "== $command"; ${bin}/ras-mc-ctl --$command 2>&1 || echo "status $?"; done
      for how in print register print; do echo "== $how labels"; ${bin}/ras-mc-ctl --$how-labels --labeldb ${directory}/labels.db --mainboard acme:board 2> /dev/null; done
      echo '== labels'; cat /sys/devices/system/edac/mc/mc0/dimm?/dimm_label
      ${DEBIAN_13}/usr/bin/prometheus-node-exporter --collector.disable-defaults --collector.edac --web.listen-address=127.0.0.1:0 2> ${directory}/exporter & exporter=$!
      wait_for grep -q 'Listening on' ${directory}/exporter
      echo '== metrics'; exec 3<> /dev/tcp/127.0.0.1/$(grep -o '127.0.0.1:[1-9][0-9]*' ${directory}/exporter | head -n 1 | cut -d : -f 2)
      printf 'GET /metrics HTTP/1.0\\r\\n\\r\\n' >&3; grep ^node_edac <&3; exec 3>&-; kill $exporter; wait $exporter || true
      kill -STOP $daemon; echo 64 > $INSTANCE/buffer_size_kb
      echo 'error pfn=0x7000 severity=corrected count=2000' > $VMSYSCTLD_CONTROL
      echo '== stopped'; cat $INSTANCE/per_cpu/cpu0/stats
      kill -KILL $daemon; wait $daemon 2> /dev/null || true
      echo '== killed'; ls /sys/kernel/tracing/instances; cat /sys/devices/system/edac/mc/mc0/ce_count
      ${bin}/rasdaemon -f -r > $OUT 2>&1 & daemon=$!
      wait_for grep -q 'Recording memory_failure_event' $OUT
      echo 'error pfn=0x7000 severity=corrected' > $VMSYSCTLD_CONTROL
      wait_for stored mc_event 1
      kill $daemon; wait $daemon || true
      cp /var/lib/rasdaemon/ras-mc_event.db ${database}`, ['--profile', '7.3']);

    expect(shown.events).toMatch(/^mce:mce_record\nras:memory_failure_event\nblock:block_rq_error\n(?:\w+:\w+\n)+0\n0\n$/);
    expect(shown.offline).toMatch(/^rasdaemon: .*0x6000000/);
    expect(rows(database, 'select pfn, page_type, action_result from memory_failure_event')).toEqual([{ pfn: '0x5000', page_type: 'free buddy page', action_result: 'Recovered' }]);
    expect(rows(database, 'select err_type, label, address from mc_event where id <= 5 order by id')).toEqual([
      { err_type: 'Corrected', label: 'DIMM_A1', address: 0x4000000 },
      ...Array.from({ length: 3 }, () => ({ err_type: 'Corrected', label: 'DIMM_A2', address: 0x6000000 })),
      { err_type: 'Uncorrected', label: 'DIMM_A1', address: 0x5000000 },
    ]);
    expect(rows(database, 'select addr from mce_record limit 1')).toEqual([{ addr: 0x4000000 }]);
    expect(await readFile(join(directory, 'trigger.failure'), 'utf8')).toMatch(/^PFN=0x5000$/m);
    expect(await readFile(join(directory, 'trigger.error'), 'utf8')).toMatch(/^TYPE=Uncorrected$/m);

    expect(shown.errors).toMatch(/^5 \d{4}-\S+ \S+ \S+ 1 Uncorrected error\(s\): .* addr 83886080/m);
    expect(shown.errors).toMatch(/pfn=0x5000/);
    expect(shown.summary).toMatch(/Corrected on DIMM Label\(s\): 'DIMM_A2' location: 0:1:-1:-1 errors: 3/);
    expect(shown.layout).toContain('memory');
    expect(shown['error-count']).toMatch(/^DIMM_A2\s+3\s+0$/m);
    expect(shown['register labels']).toBe('');
    expect(shown.labels).toBe('LEFT\nRIGHT\n');
    expect(shown.metrics).toContain('node_edac_correctable_errors_total{controller="0"} 4\n');
    expect(shown.metrics).toContain('node_edac_uncorrectable_errors_total{controller="0"} 1\n');
    const { entries = 0, overrun = 0, read = 0 } = Object.fromEntries([...(shown.stopped ?? '').matchAll(/^(entries|overrun|read)(?: events)?: (\d+)$/gm)].map(([, name = '', count]) => [name, Number(count)]));
    expect(overrun).toBeGreaterThan(3000);
    expect(entries).toBeGreaterThan(200);
    // Two events of each error, those before the stop, and memory_failure_event.
    expect(entries + overrun + read).toBe(2 * (1 + 3 + 1 + 2000) + 1);
    expect(shown.killed).toBe('rasdaemon\n2004\n');
    if (noDmidecode) return;
    expect(shown.mainboard).toBe('ras-mc-ctl: mainboard: QEMU model Standard PC (Q35 + ICH9, 2009)\n');
    expect(shown['print-labels']).toContain('No dimm labels for QEMU model Standard PC (Q35 + ICH9, 2009)');
  });
});
