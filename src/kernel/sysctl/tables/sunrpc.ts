import { type CtlTable, type MachineSize, sysctl } from '../ctl-table.ts';
import { procDodebug } from '../fs/sunrpc-debug.ts';
import { nfsCongestionKb } from '../fs/sizes.ts';
import { svcrdmaCounterHandler } from '../fs/svcrdma-counter.ts';
import {
  procDobool, procDoboolOfLong, procDointvec, procDointvecJiffies, procDointvecMinmax, procDouintvec, procDoulongvecMinmax,
} from '../proc-dointvec.ts';
import { procDostringAtOnce } from '../proc-dostring.ts';

const PORT = { extra1: 0n, extra2: 65_535n } as const;
const RESERVED_PORT = { extra1: 1n, extra2: 65_535n } as const;
/** RPC_MIN_SLOT_TABLE to RPC_MAX_SLOT_TABLE. */
const SLOTS = { extra1: 2n, extra2: 65_536n } as const;

/** What servers can be reached by, and the most bytes of a message. Mirrors svc_print_xprts() (net/sunrpc/svc_xprt.c). */
function transports(most: number): (host: MachineSize) => string {
  return ({ modules = [] }) => [`tcp ${most}`, 'udp 32768', ...(modules.includes('rpcrdma') ? [`rdma ${most}`] : [])].join('\n');
}

/** The files that the module sunrpc adds: debug_table[] of net/sunrpc/sysctl.c, xs_tunables_table[] of net/sunrpc/xprtsock.c. */
export const SUNRPC_SYSCTLS: readonly CtlTable[] = [
  ...['rpc_debug', 'nfs_debug', 'nfsd_debug', 'nlm_debug'].map((name) => sysctl(`sunrpc/${name}`, procDodebug, { boot: [0n] })),
  sysctl('sunrpc/transports', procDostringAtOnce, {
    mode: 0o444, boot: transports(4_194_304), maxlen: 256, before: { '7.2': { boot: transports(1_048_576) } },
  }),
  sysctl('sunrpc/udp_slot_table_entries', procDointvecMinmax, { boot: [16n], ...SLOTS }),
  sysctl('sunrpc/tcp_slot_table_entries', procDointvecMinmax, { boot: [2n], ...SLOTS }),
  sysctl('sunrpc/tcp_max_slot_table_entries', procDointvecMinmax, { boot: [65_536n], ...SLOTS }),
  sysctl('sunrpc/min_resvport', procDointvecMinmax, { boot: [665n], ...RESERVED_PORT }),
  sysctl('sunrpc/max_resvport', procDointvecMinmax, { boot: [1023n], ...RESERVED_PORT }),
  sysctl('sunrpc/tcp_fin_timeout', procDointvecJiffies, { boot: [15n] }),
];

/** xr_tunables_table[] of net/sunrpc/xprtrdma/transport.c: the client. */
const RDMA_CLIENT: readonly CtlTable[] = [
  sysctl('sunrpc/rdma_slot_table_entries', procDointvecMinmax, { boot: [128n], extra1: 4n, extra2: 16_384n }),
  sysctl('sunrpc/rdma_max_inline_read', procDointvecMinmax, { boot: [4096n], extra1: 1024n, extra2: 65_536n }),
  sysctl('sunrpc/rdma_max_inline_write', procDointvecMinmax, { boot: [4096n], extra1: 1024n, extra2: 65_536n }),
  sysctl('sunrpc/rdma_inline_write_padding', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 4096n }),
  sysctl('sunrpc/rdma_memreg_strategy', procDointvecMinmax, { boot: [5n], extra1: 0n, extra2: 6n }),
  sysctl('sunrpc/rdma_pad_optimize', procDointvec, { boot: [0n] }),
];

/** Counters that are not kept any more. */
const UNUSED = { boot: [0n], extra1: 0n, extra2: 0n } as const;

/** svcrdma_parm_table[] of net/sunrpc/xprtrdma/svc_rdma.c: the server. */
const RDMA_SERVER: readonly CtlTable[] = [
  sysctl('sunrpc/svc_rdma/max_requests', procDointvecMinmax, {
    boot: [128n], extra1: 4n, extra2: 16_384n, before: { '7.2': { boot: [64n] } },
  }),
  sysctl('sunrpc/svc_rdma/max_req_size', procDointvecMinmax, { boot: [4096n], extra1: 4096n, extra2: 65_536n }),
  sysctl('sunrpc/svc_rdma/max_outbound_read_requests', procDointvecMinmax, { boot: [16n], extra1: 1n, extra2: 255n }),
  ...['read', 'recv', 'write', 'sq_starve'].map((name) => sysctl(`sunrpc/svc_rdma/rdma_stat_${name}`, svcrdmaCounterHandler, { boot: [0n] })),
  ...['rq_starve', 'rq_poll', 'rq_prod', 'sq_poll', 'sq_prod'].map((name) => sysctl(`sunrpc/svc_rdma/rdma_stat_${name}`, procDointvecMinmax, UNUSED)),
];

/** The files that the module rpcrdma adds. */
export const RPCRDMA_SYSCTLS: readonly CtlTable[] = [...RDMA_CLIENT, ...RDMA_SERVER];

/** The files that the module lockd adds: nlm_sysctls[] of fs/lockd/svc.c. */
export const LOCKD_SYSCTLS: readonly CtlTable[] = [
  sysctl('fs/nfs/nlm_grace_period', procDoulongvecMinmax, { boot: [0n], extra1: 0n, extra2: 240n }),
  sysctl('fs/nfs/nlm_timeout', procDoulongvecMinmax, { boot: [10n], extra1: 3n, extra2: 20n }),
  sysctl('fs/nfs/nlm_udpport', procDointvecMinmax, { boot: [0n], ...PORT }),
  sysctl('fs/nfs/nlm_tcpport', procDointvecMinmax, { boot: [0n], ...PORT }),
  sysctl('fs/nfs/nsm_use_hostnames', procDobool, { boot: [0n], before: { '6.12': { handler: procDoboolOfLong } } }),
  sysctl('fs/nfs/nsm_local_state', procDouintvec, { boot: [0n], before: { '7.2': { handler: procDointvec } } }),
];

/** The files that the module nfs adds: nfs_cb_sysctls[] of fs/nfs/sysctl.c. */
export const NFS_SYSCTLS: readonly CtlTable[] = [
  sysctl('fs/nfs/nfs_mountpoint_timeout', procDointvecJiffies, { boot: [500n] }),
  sysctl('fs/nfs/nfs_congestion_kb', procDointvec, { boot: nfsCongestionKb }),
];

/** The files that the module nfsv4 adds: nfs4_cb_sysctls[] of fs/nfs/nfs4sysctl.c. */
export const NFSV4_SYSCTLS: readonly CtlTable[] = [
  sysctl('fs/nfs/nfs_callback_tcpport', procDointvecMinmax, { boot: [0n], ...PORT }),
  sysctl('fs/nfs/idmap_cache_timeout', procDointvec, { boot: [600n] }),
];
