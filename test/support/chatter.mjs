// Ordinary kernel messages, as syslog keeps them. None of them is a memory failure, but many have the same words.

const LINES = [
  'usb 1-1: new high-speed USB device number 4 using xhci_hcd',
  'EXT4-fs (sda1): recovery complete',
  'EXT4-fs (sda1): mounted filesystem with ordered data mode. Opts: (null)',
  'audit: type=1400 audit(1600000000.123:456): apparmor="STATUS" operation="profile_load" name="/usr/bin/man" pid=611 comm="apparmor_parser"',
  'IPv6: ADDRCONF(NETDEV_CHANGE): eth0: link becomes ready',
  'TCP: request_sock_TCP: Possible SYN flooding on port 80. Sending cookies.  Check SNMP counters.',
  'device veth1234 entered promiscuous mode',
  'nvme nvme0: 8/0/0 default/read/poll queues',
  'mce: [Hardware Error]: Machine check events logged',
  'EDAC MC0: 4 CE error on CPU#0Channel#2_DIMM#0 (channel:2 slot:0 page:0x0 offset:0x0 grain:8 syndrome:0x0)',
  '{1}[Hardware Error]: Hardware error from APEI Generic Hardware Error Source: 784',
  '{1}[Hardware Error]:   physical_address: 0x00000040272d5080',
  'soft offline: 0x83ed600: migration failed 1, type 1fffc00000008008 (uptodate|head)',
  'RAS: Soft-offlining pfn: 0x10cb39',
  'Out of memory: Killed process 611 (java) total-vm:123456kB, anon-rss:7890kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:96kB oom_score_adj:0',
  'memory: usage 1048576kB, limit 1048576kB, failcnt 123',
  'pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.7  user=root',
  'nginx: upstream prematurely closed connection, recovery: retrying, action: none',
  'systemd[1]: Started Session 1234 of user root, recovery mode disabled.',
  'watchdog: BUG: soft lockup - CPU#3 stuck for 22s! [kworker/3:1:611]',
  'INFO: task jbd2/sda1-8:611 blocked for more than 120 seconds.',
  'Modules linked in: hwpoison_inject nf_tables xt_conntrack overlay',
  'perf: interrupt took too long (2503 > 2500), lowering kernel.perf_event_max_sample_rate to 79000',
  'Memory cgroup out of memory: Killed process 99 (worker), UID 1000',
];

/** The n-th line of chatter, with its newline. The same n gives the same line. */
export function chatterLine(n) {
  const clock = new Date(Date.UTC(2026, 10, 1) + n * 40).toISOString();
  const stamp = `[${(n / 25).toFixed(6).padStart(12)}]`;
  return `Nov ${clock.slice(8, 10).replace(/^0/, ' ')} ${clock.slice(11, 19)} db1 kernel: ${stamp} ${LINES[(n * 7 + (n >> 6) * 5) % LINES.length]}\n`;
}

/** A memory failure among them, at the time of the n-th line. */
export function failureLine(n) {
  return `${chatterLine(n).split('] ', 1)[0]}] Memory failure: 0x${(0x1000 + n).toString(16)}: recovery action for dirty LRU page: Recovered\n`;
}
