import { CPUS } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { type NodePageState, nodePageState, numaEventsOf } from '../../kernel/statistics/node-page-state.ts';
import { isOlder } from '../../kernel/version.ts';
import { pageset, statThreshold, zonePages, type ZoneState, zoneStates } from '../../kernel/statistics/zone-state.ts';
import { nodeItems, zoneItems } from './vmstat.ts';

/** Nobody took a page from this zone's lists so far, so their height was never adjusted, as it is since 6.7. */
const UNUSED = 'DMA';

/** The text of /proc/zoneinfo. Mirrors zoneinfo_show_print() (mm/vmstat.c), which shows zones without memory too. */
export function zoneinfo(kernel: Kernel): string {
  const state = nodePageState(kernel);
  const zones = zoneStates(kernel);
  const first = zones.find(({ present }) => present > 0);
  return zones.map((zone) => zoneText(kernel, zone, state, zone === first)).join('');
}

function zoneText(kernel: Kernel, zone: ZoneState, node: NodePageState, withNode: boolean): string {
  const pages = zonePages(kernel, zone);
  const state = { ...node, census: pages.census, freeInPageblocks: pages.freeInPageblocks, numa: numaEventsOf(zone.name, node.numa) };
  const { boost, min, low, high, promo, spanned, present, managed } = { boost: 0, ...zone };
  const amounts = { boost, min, low, high, ...(!isOlder(kernel.profile.version, '6.12') && { promo }), spanned, present, managed, cma: 0 };
  const items = (rows: ReturnType<typeof nodeItems>, of: NodePageState): string => rows.map(([name, value]) => `\n      ${name.padEnd(12)} ${value(of, kernel)}`).join('');
  return [
    `Node 0, zone ${zone.name.padStart(8)}`,
    withNode ? `\n  per-node stats${items(nodeItems(kernel), node)}` : '',
    `\n  pages free     ${pages.census.free}`,
    ...Object.entries(amounts).map(([name, value]) => `\n        ${name.padEnd(8)} ${value}`),
    `\n        protection: (${zone.protection.join(', ')})`,
    zone.present === 0 ? '' : `${items(zoneItems(kernel), state)}${pagesets(kernel, zone)}`,
    '\n',
  ].join('');
}

/** The lists of each CPU are empty: what the model has free is in the buddy allocator. 7.2 shows their bounds, 6.12 does not. */
function pagesets(kernel: Kernel, zone: ZoneState): string {
  const { batch, highMin, highMax } = pageset(kernel, zone);
  const { version } = kernel.profile;
  const bounds = !isOlder(version, '7.2');
  const high = zone.name === UNUSED && !isOlder(version, '6.12') ? 0 : highMin;
  const lists = { count: 0, high, batch, ...(bounds && { high_min: highMin, high_max: highMax }) };
  const lines = Object.entries(lists).map(([name, value]) => `\n              ${`${name}:`.padEnd(bounds ? 9 : 6)} ${value}`).join('');
  return [
    '\n  pagesets',
    ...Array.from({ length: CPUS }, (_, cpu) => `\n    cpu: ${cpu}${lines}\n  vm stats threshold: ${statThreshold(zone)}`),
    `\n  node_unreclaimable:  0\n  start_pfn:           ${zone.startPfn}`,
    bounds ? '\n  reserved_highatomic: 0\n  free_highatomic:     0' : '',
  ].join('');
}
