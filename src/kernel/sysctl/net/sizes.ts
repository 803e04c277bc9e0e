import type { MachineSize, SysctlValue } from '../ctl-table.ts';
import { minFreeKbytes } from '../memory-sizes.ts';
import { conntrackBuckets } from './nf-handlers.ts';

const KB_PER_PAGE = 4;
/** How far the watermarks of memory lie apart, as a share of it: vm.watermark_scale_factor at boot. */
const WATERMARK_SCALE = 10 / 10_000;
const MOST_ENTRIES_OF_TCP = 512 * 1024;

/** The smallest power of two that is not less. */
function roundUpToPowerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, count)));
}

const integers = (...values: readonly number[]): SysctlValue => values.map((value) => BigInt(Math.floor(value)));

function totalKb({ totalRamKb, profile }: MachineSize): number {
  return Math.max(0, totalRamKb - profile.bootMemory.notFound.network);
}

/**
 * Pages above the high watermarks when the network is set up. Mirrors nr_free_buffer_pages() and __setup_per_zone_wmarks() (mm/page_alloc.c).
 */
function freeBufferPages(host: MachineSize, totalRamKb = totalKb(host)): number {
  const minimum = minFreeKbytes(host);
  const high = minimum + 2 * Math.max(minimum / 4, totalRamKb * WATERMARK_SCALE);
  return Math.max(0, Math.floor((totalRamKb - high) / KB_PER_PAGE));
}

/** Boot value of net.ipv4.vs.sync_qlen_max, when a module is loaded. Mirrors ip_vs_control_net_init_sysctl() (net/netfilter/ipvs/ip_vs_ctl.c). */
export function syncQlenMax(host: MachineSize): SysctlValue {
  return integers(freeBufferPages(host, host.totalRamKb) / 32);
}

/** Pages that are taken between the line of meminfo and the loading of the module. */
const TAKEN_BY_MODULES = 4;

/** Boot value of net.rds.ib.max_recv_allocation, when the module is loaded: a third of all pages. Mirrors rds_ib_recv_init() (net/rds/ib_recv.c). */
export function rdsRecvAllocation({ totalRamKb }: MachineSize): SysctlValue {
  return integers(Math.max(0, totalRamKb / KB_PER_PAGE - TAKEN_BY_MODULES) / 3);
}

/**
 * Three limits in pages: three quarters of `limit`, `limit`, and twice the first. From the second on a protocol is under pressure. It may
 * not exceed the third.
 */
function pressure(limit: number): SysctlValue {
  const pages = Math.max(128, Math.floor(limit));
  const low = Math.floor(pages / 4) * 3;
  return integers(low, pages, 2 * low);
}

/** Boot value of net.ipv4.tcp_mem. Mirrors tcp_init_mem() (net/ipv4/tcp.c). */
export function tcpMem(host: MachineSize): SysctlValue {
  return pressure(freeBufferPages(host) / 16);
}

/** Boot value of net.ipv4.udp_mem. Mirrors udp_init() (net/ipv4/udp.c). */
export function udpMem(host: MachineSize): SysctlValue {
  return pressure(freeBufferPages(host) / 8);
}

/** No more than a 128th of what TCP has before it comes under pressure, in bytes. Mirrors tcp_init() (net/ipv4/tcp.c). */
function socketLimit(host: MachineSize): number {
  return freeBufferPages(host) * 32;
}

/** Boot value of net.ipv4.tcp_wmem. Mirrors tcp_init(). */
export function tcpWmem(host: MachineSize): SysctlValue {
  return integers(4096, 16 * 1024, Math.max(64 * 1024, Math.min(4 * 1024 ** 2, socketLimit(host))));
}

/** Boot value of net.ipv4.tcp_rmem, of which no socket takes more than this number of MiB. Mirrors tcp_init(). */
export function tcpRmem(most: number): (host: MachineSize) => SysctlValue {
  return (host) => integers(4096, 131_072, Math.max(131_072, Math.min(most * 1024 ** 2, socketLimit(host))));
}

/** Boot value of net.sctp.sctp_mem, when the module is loaded. Mirrors sctp_init() (net/sctp/protocol.c). */
export function sctpMem(host: MachineSize): SysctlValue {
  return pressure(freeBufferPages(host, host.totalRamKb) / 8);
}

/** No more than a 128th of what SCTP has before it comes under pressure, in bytes, and no more than 4 MiB. */
function sctpShare(host: MachineSize): number {
  return Math.min(4 * 1024 ** 2, Math.max(128, Math.floor(freeBufferPages(host, host.totalRamKb) / 8)) * 32);
}

/** SKB_TRUESIZE(1), of as many packets. */
const SCTP_RMEM = 1500 * 577;

/** Boot value of net.sctp.sctp_rmem. */
export function sctpRmem(host: MachineSize): SysctlValue {
  return integers(4096, SCTP_RMEM, Math.max(SCTP_RMEM, sctpShare(host)));
}

/** Boot value of net.sctp.sctp_wmem. */
export function sctpWmem(host: MachineSize): SysctlValue {
  return integers(4096, 16 * 1024, Math.max(64 * 1024, sctpShare(host)));
}

/** Slots of the hash table of established connections: one for each 128 kB. Mirrors tcp_init() and alloc_large_system_hash() (mm/mm_init.c). */
function establishedSlots({ totalRamKb }: MachineSize): number {
  return Math.min(MOST_ENTRIES_OF_TCP, roundUpToPowerOfTwo(totalRamKb / 128));
}

export function tcpEhashEntries(host: MachineSize): SysctlValue {
  return integers(establishedSlots(host));
}

/** Boot value of net.ipv4.tcp_max_orphans and tcp_max_tw_buckets. Mirrors tcp_init() and tcp_set_hashinfo() (net/ipv4/tcp_ipv4.c). */
export function halfOfEhash(host: MachineSize): SysctlValue {
  return integers(establishedSlots(host) / 2);
}

/** Boot value of net.ipv4.tcp_max_syn_backlog. Mirrors tcp_set_hashinfo() (net/ipv4/tcp_ipv4.c). */
export function tcpMaxSynBacklog(host: MachineSize): SysctlValue {
  return integers(Math.max(128, establishedSlots(host) / 128));
}

/** Slots of UDP's hash table: one for each 2 MiB, 256 to 65536. Mirrors udp_table_init() (net/ipv4/udp.c). */
export function udpHashEntries({ totalRamKb }: MachineSize): SysctlValue {
  return integers(Math.min(65_536, Math.max(256, roundUpToPowerOfTwo(totalRamKb / 2048))));
}

/** Boot value of net.ipv4.inet_peer_threshold. Mirrors inet_initpeers() (net/ipv4/inetpeer.c). */
export function inetPeerThreshold(host: MachineSize): SysctlValue {
  return integers(Math.min(65_536 + 128, Math.max(4096, (totalKb(host) * 1024) / (100 * host.profile.bootMemory.bytes.inetPeer))));
}

const GIB_KB = 1024 ** 2;

/** Boot value of nf_conntrack_buckets and nf_conntrack_max. Mirrors nf_conntrack_init_start() (net/netfilter/nf_conntrack_core.c). */
export function conntrackTableSize({ totalRamKb }: MachineSize): readonly bigint[] {
  const wanted = totalRamKb > 4 * GIB_KB ? 262_144 : totalRamKb > GIB_KB ? 65_536 : Math.max(1024, Math.floor((totalRamKb * 1024) / 16_384 / 8));
  return [conntrackBuckets(BigInt(wanted))];
}

/** Boot value of nf_conntrack_expect_max: a 64th of the buckets. Mirrors nf_conntrack_expect_init() (net/netfilter/nf_conntrack_expect.c). */
export function conntrackExpectMax(host: MachineSize): SysctlValue {
  const [buckets = 0n] = conntrackTableSize(host);
  const slots = buckets / 256n;
  return [(slots > 0n ? slots : 1n) * 4n];
}
