import { LOG_LEVEL } from '../../../abi/log-level.ts';
import { ZERO_OR_ONE } from '../bounds.ts';
import { type CtlTable, sysctl } from '../ctl-table.ts';
import { procDointvec, procDointvecMinmax, procDoulongvecMsJiffiesMinmax } from '../proc-dointvec.ts';
import { procDostring, procDostringAtOnce } from '../proc-dostring.ts';
import { HZ } from '../scales.ts';

/** A write of 1 clears the statistics, and reads back as 0. Mirrors xfs_stats_clear_proc_handler() (fs/xfs/xfs_sysctl.c). */
const CLEARS: Pick<CtlTable, 'settle'> = {
  settle(host, written) {
    if (written !== 0n) host.printk(LOG_LEVEL.notice, 'XFS: Clearing xfsstats');
    return 0n;
  },
};

/** A file without effect. The kernel prints no more than ten of these lines in five seconds; here are all. Mirrors xfs_deprecated_dointvec_minmax(). */
function deprecated(name: string): Pick<CtlTable, 'messages'> {
  return { messages: [{ level: LOG_LEVEL.warn, when: 'attempted', text: () => `XFS: ${name} sysctl option is deprecated.` }] };
}

/** The files that the module xfs adds: xfs_table[] of fs/xfs/xfs_sysctl.c, with the bounds of fs/xfs/xfs_globals.c. */
export const XFS_SYSCTLS: readonly CtlTable[] = [
  sysctl('fs/xfs/irix_sgid_inherit', procDointvecMinmax, { until: '7.2', boot: [0n], ...ZERO_OR_ONE, ...deprecated('irix_sgid_inherit') }),
  sysctl('fs/xfs/irix_symlink_mode', procDointvecMinmax, { until: '7.2', boot: [0n], ...ZERO_OR_ONE, ...deprecated('irix_symlink_mode') }),
  sysctl('fs/xfs/panic_mask', procDointvecMinmax, { boot: [0n], extra1: 0n, extra2: 511n, before: { '6.12': { extra2: 256n } } }),
  sysctl('fs/xfs/error_level', procDointvecMinmax, { boot: [3n], extra1: 0n, extra2: 11n }),
  sysctl('fs/xfs/xfssyncd_centisecs', procDointvecMinmax, { boot: [3000n], extra1: 100n, extra2: 720_000n }),
  sysctl('fs/xfs/inherit_sync', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/xfs/inherit_nodump', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/xfs/inherit_noatime', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/xfs/inherit_nosymlinks', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE }),
  sysctl('fs/xfs/rotorstep', procDointvecMinmax, { boot: [1n], extra1: 1n, extra2: 255n }),
  sysctl('fs/xfs/inherit_nodefrag', procDointvecMinmax, { boot: [1n], ...ZERO_OR_ONE }),
  sysctl('fs/xfs/filestream_centisecs', procDointvecMinmax, { boot: [3000n], extra1: 1n, extra2: 360_000n }),
  sysctl('fs/xfs/speculative_prealloc_lifetime', procDointvecMinmax, {
    boot: [300n], extra1: 1n, extra2: 86_400n, before: { '7.2': { twin: 'fs.xfs.speculative_cow_prealloc_lifetime' } },
  }),
  sysctl('fs/xfs/speculative_cow_prealloc_lifetime', procDointvecMinmax, {
    until: '7.2', boot: [300n], extra1: 1n, extra2: 86_400n, twin: 'fs.xfs.speculative_prealloc_lifetime',
    ...deprecated('speculative_cow_prealloc_lifetime'),
  }),
  sysctl('fs/xfs/stats_clear', procDointvecMinmax, { boot: [0n], ...ZERO_OR_ONE, ...CLEARS }),
];

/** The files that the module coda adds: coda_table[] of fs/coda/sysctl.c. */
export const CODA_SYSCTLS: readonly CtlTable[] = [
  sysctl('coda/timeout', procDointvec, { boot: [30n] }),
  sysctl('coda/hard', procDointvec, { boot: [0n] }),
  sysctl('coda/fake_statfs', procDointvec, { mode: 0o600, boot: [0n] }),
];

/** The file that the module ocfs2_stackglue adds: ocfs2_nm_table[] of fs/ocfs2/stackglue.c. */
export const OCFS2_STACKGLUE_SYSCTLS: readonly CtlTable[] = [sysctl('fs/ocfs2/nm/hb_ctl_path', procDostring, { boot: '/sbin/ocfs2_hb_ctl', maxlen: 256 })];

/** The file that the module af_alg adds: af_alg_table[] of crypto/af_alg.c. */
export const AF_ALG_SYSCTLS: readonly CtlTable[] = [sysctl('crypto/af_alg_restrict', procDointvecMinmax, {
  since: '7.2', boot: [1n], extra1: 0n, extra2: 2n,
})];

/** What `info` says where there is no drive. Mirrors cdrom_sysctl_info() (drivers/cdrom/cdrom.c). */
const NO_DRIVES = `CD-ROM information, Id: cdrom.c 3.20 2003/12/17

drive name:\t
drive speed:\t
drive # of slots:
Can close tray:\t
Can open tray:\t
Can lock tray:\t
Can change speed:
Can select disk:
Can read multisession:
Can read MCN:\t
Reports media changed:
Can play audio:\t
Can write CD-R:\t
Can write CD-RW:
Can read DVD:\t
Can write DVD-R:
Can write DVD-RAM:
Can read MRW:\t
Can write MRW:\t
Can write RAM:\t

`;

/** The files that the module cdrom adds: cdrom_table[] of drivers/cdrom/cdrom.c. */
export const CDROM_SYSCTLS: readonly CtlTable[] = [
  sysctl('dev/cdrom/info', procDostringAtOnce, { mode: 0o444, boot: NO_DRIVES, maxlen: 1000 }),
  sysctl('dev/cdrom/autoclose', procDointvec, { boot: [1n] }),
  sysctl('dev/cdrom/autoeject', procDointvec, { boot: [0n] }),
  sysctl('dev/cdrom/debug', procDointvec, { boot: [0n] }),
  sysctl('dev/cdrom/lock', procDointvec, { boot: [1n] }),
  sysctl('dev/cdrom/check_media', procDointvec, { boot: [0n] }),
];

/** The files that the module md_mod adds: raid_table[] of drivers/md/md.c. */
export const MD_MOD_SYSCTLS: readonly CtlTable[] = [
  sysctl('dev/raid/speed_limit_min', procDointvec, { boot: [1000n] }),
  sysctl('dev/raid/speed_limit_max', procDointvec, { boot: [200_000n] }),
  sysctl('dev/raid/sync_io_depth', procDointvec, { since: '7.2', boot: [32n] }),
];

/** The file that the module sg adds: sg_sysctls[] of drivers/scsi/sg.c. Nothing wants it before 6.12 but a driver that is built in. */
export const SG_SYSCTLS: readonly CtlTable[] = [sysctl('kernel/sg-big-buff', procDointvec, { since: '6.12', until: '7.2', mode: 0o444, boot: [32_768n] })];

/** The file that the module scsi_mod adds: scsi_table[] of drivers/scsi/scsi_sysctl.c. */
export const SCSI_MOD_SYSCTLS: readonly CtlTable[] = [sysctl('dev/scsi/logging_level', procDointvecMinmax, {
  boot: [0n], extra1: 0n, before: { '6.12': { extra1: undefined } },
})];

/** The files that the module parport adds: parport_default_sysctl_table of drivers/parport/procfs.c. There are no ports. */
export const PARPORT_SYSCTLS: readonly CtlTable[] = [
  sysctl('dev/parport/default/timeslice', procDoulongvecMsJiffiesMinmax, { boot: [200n], extra1: 1n, extra2: HZ }),
  sysctl('dev/parport/default/spintime', procDointvecMinmax, { boot: [500n], extra1: 1n, extra2: 1000n }),
];

/** The file that the module ipmi_poweroff adds: ipmi_table[] of drivers/char/ipmi/ipmi_poweroff.c. */
export const IPMI_POWEROFF_SYSCTLS: readonly CtlTable[] = [sysctl('dev/ipmi/poweroff_powercycle', procDointvec, { boot: [0n] })];
