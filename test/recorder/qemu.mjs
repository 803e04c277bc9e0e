// One boot of a kernel under qemu: the output of its script, and its console.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, closeSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeInitramfs } from './initramfs.mjs';
import { run } from './run.mjs';
import { ENVIRONMENT } from './tools.mjs';

/** /dev/vda, with an empty ext4 on it, and /dev/vdb, for swap. */
const DISKS = ['ext4.img', 'swap.img'];
const DISK_BYTES = 256 * 1024 * 1024;
const POLL_MS = 100;
/** The factor by which the same machine is slower when it is emulated on a slow host. */
const DEFAULT_SECONDS = 300;

/**
 * Boots, and resolves to { output, console } (latin-1) when the machine has switched itself off, or when the console matches `until` and
 * the machine is stopped. `monitor`: [{ after, command }…]: commands for qemu's monitor, each sent when the script's output contains
 * `after`. Rejects with the last line of the console if it takes longer than `seconds`. A machine whose script prints nothing for `idle`
 * seconds is stopped, and the result has `hung`.
 */
export async function boot({ kernel, accelerator, work, signal }, options) {
  const { until, monitor, seconds = DEFAULT_SECONDS, idle = Infinity, cpu, disks = DISKS, firmware, ...contents } = options;
  const append = [options.append, firmware?.append].filter(Boolean).join(' ');
  const place = join(work, 'boot');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  const file = (name) => join(place, name);
  await makeInitramfs(file('initramfs'), kernel, contents, signal);
  for (const name of disks) {
    closeSync(openSync(file(name), 'w'));
    truncateSync(file(name), DISK_BYTES);
  }
  await run('mkfs.ext4', ['-q', '-F', file(DISKS[0])], { signal });
  const child = spawn('qemu-system-x86_64', arguments_({ kernel, accelerator, cpu, append, disks: disks.map(file), file, firmware }), {
    env: ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'pipe'],
    // In a process group of its own, because the recorder handles Ctrl-C: it ends this process by its id.
    detached: true,
  });
  const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), 'latin1') : '');
  let complaint = '';
  let ended = false;
  child.stderr.on('data', (chunk) => (complaint += chunk));
  child.stdin.on('error', () => {});
  const end = new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('exit', (status) => resolve(status === 0 ? '' : lastLine(complaint) || `status ${status}`));
  }).then((reason) => {
    ended = true;
    return reason;
  });
  try {
    const deadline = Date.now() + seconds * 1000;
    let progress = { bytes: 0, at: Date.now() };
    let hung = false;
    const untold = [...(monitor ?? [])];
    while (!ended) {
      if (signal.aborted) throw signal.reason;
      if (/KVM internal error/.test(complaint)) throw new Error('KVM cannot run this kernel here: use --accel tcg');
      if (Date.now() > deadline) throw new Error(`no end after ${seconds} s; the console ends: ${lastLine(read('console')) || '(nothing)'}`);
      if (untold.length > 0 && read('output').includes(untold[0].after)) child.stdin.write(`${untold.shift().command}\n`);
      const bytes = idle === Infinity || !existsSync(file('output')) ? 0 : statSync(file('output')).size;
      if (bytes !== progress.bytes) progress = { bytes, at: Date.now() };
      hung = Date.now() - progress.at > idle * 1000;
      if (hung) break;
      if (until !== undefined && until.test(read('console').replaceAll('\r', ''))) break;
      await Promise.race([end, sleep(POLL_MS)]);
    }
    if (ended && (await end) !== '') throw new Error(`qemu: ${await end}`);
    return { output: read('output'), console: read('console').replaceAll('\r', ''), hung };
  } finally {
    if (!ended) child.kill('SIGKILL');
    await end;
    rmSync(place, { recursive: true, force: true });
  }
}

function arguments_({ kernel, accelerator, cpu, append, disks, file, firmware }) {
  const drives = disks.flatMap((path) => ['-drive', `file=${path},if=virtio,format=raw,cache=unsafe`]);
  return [
    ...['-accel', accelerator, '-M', 'q35', '-cpu', cpu ?? 'max', '-m', '1024', '-smp', '2'],
    ...['-display', 'none', '-no-reboot', '-monitor', 'stdio', '-serial', `file:${file('console')}`, '-serial', `file:${file('output')}`],
    ...['-kernel', kernel.image, '-initrd', file('initramfs'), '-append', `console=ttyS0 panic=-1 ${append}`],
    ...drives, ...firmwareArguments(firmware, file),
  ];
}

/** ACPI tables by signature, and contents of memory by address, as files that qemu reads. */
function firmwareArguments({ tables = {}, memory = {}, smbios = [] } = {}, file) {
  const written = (name, bytes) => {
    writeFileSync(file(name), bytes);
    return file(name);
  };
  return [
    ...Object.entries(tables).flatMap(([sig, bytes]) => ['-acpitable', `sig=${sig},rev=1,data=${written(`${sig}.table`, bytes)}`]),
    ...Object.entries(memory).flatMap(([addr, bytes]) => ['-device', `loader,file=${written(`${addr}.memory`, bytes)},addr=${addr},force-raw=on`]),
    ...smbios.flatMap((each) => ['-smbios', each]),
  ];
}

function lastLine(text) {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

const PROBE_SECONDS = 40;

/**
 * `kvm` if this machine has one that can boot the kernel to its end, otherwise `tcg`. A nested one may fail at instructions that it does
 * not emulate.
 */
export async function chooseAccelerator(kernel, work, signal) {
  try {
    closeSync(openSync('/dev/kvm', 'r+'));
    const { output } = await boot({ kernel, accelerator: 'kvm', work, signal }, { script: 'echo booted\n', seconds: PROBE_SECONDS });
    return output.startsWith('booted') ? 'kvm' : 'tcg';
  } catch (error) {
    if (signal.aborted) throw error;
    return 'tcg';
  }
}
