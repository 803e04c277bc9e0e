import { ERRNO } from '../../abi/errno.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { DIMM_TYPES, type Dimm } from '../../kernel/memory/dimms.ts';
import { resetCounters } from '../../kernel/ras/edac.ts';
import type { DimmState } from '../../kernel/ras/ras-state.ts';
import { directory, type DirectoryNode, type FileNode, symlink } from '../../vfs/node.ts';
import { withNumbered } from '../../vfs/numbered.ts';
import { attributeFile, constantFile, powerDirectory, storedFile, ueventFile } from './sysfs-file.ts';

const DEVICES = '/devices/system/edac';
const MIB = 1024 ** 2;
/** EDAC_MC_LABEL_LEN: the label with its NUL. */
const LABEL_BYTES = 32;

/** /sys/devices/system/edac: the memory controller that ghes_edac registers. Source: drivers/edac/edac_mc_sysfs.c. */
export function edacDirectory(kernel: Kernel): DirectoryNode {
  return directory({
    mc: directory({
      mc0: mcDirectory(kernel),
      power: powerDirectory(kernel, `${DEVICES}/mc`),
      subsystem: symlink('../../../../bus/edac'),
      uevent: ueventFile(kernel, `${DEVICES}/mc`, 'edac mc'),
    }),
    power: powerDirectory(kernel, DEVICES),
    uevent: ueventFile(kernel, DEVICES, ' edac'),
  });
}

function mcDirectory(kernel: Kernel): DirectoryNode {
  const { ras, layout: { dimms } } = kernel;
  const device = `${DEVICES}/mc/mc0`;
  const entries = {
    ce_count: attributeFile(() => `${ras.edac.ceMc}\n`),
    ce_noinfo_count: attributeFile(() => `${ras.edac.ceNoinfo}\n`),
    max_location: constantFile(`memory ${dimms.length - 1} `),
    mc_name: constantFile('ghes_edac'),
    power: powerDirectory(kernel, device, 'forbidden'),
    reset_counters: storedFile({
      mode: 0o200,
      store() {
        resetCounters(kernel);
        return 0;
      },
    }),
    seconds_since_reset: attributeFile(() => `${Math.floor((kernel.uptime() - ras.edac.startTime) / 1e6)}\n`),
    size_mb: constantFile(String(dimms.reduce((sum, { bytes }) => sum + bytes, 0) / MIB)),
    ue_count: attributeFile(() => `${ras.edac.ueMc}\n`),
    ue_noinfo_count: attributeFile(() => `${ras.edac.ueNoinfo}\n`),
    uevent: ueventFile(kernel, device, 'mc mc0'),
  };
  const children = withNumbered(entries, {
    prefix: 'dimm',
    has: (slot) => slot < dimms.length,
    numbers: () => dimms.keys(),
    make: (slot) => dimmDirectory(kernel, slot, dimms[slot] as Dimm),
    directories: true,
  });
  return { kind: 'directory', children };
}

function dimmDirectory(kernel: Kernel, slot: number, { bytes, type, ecc }: Dimm): DirectoryNode {
  const device = `${DEVICES}/mc/mc0/dimm${slot}`;
  const state = (): DimmState | undefined => kernel.ras.edac.dimms[slot];
  return directory({
    dimm_ce_count: attributeFile(() => `${state()?.ceCount ?? 0}\n`),
    dimm_dev_type: constantFile('Unknown'),
    dimm_edac_mode: constantFile(ecc ? 'SECDED' : 'None'),
    dimm_label: labelFile(state),
    dimm_location: constantFile(`memory ${slot} `),
    dimm_mem_type: constantFile(DIMM_TYPES[type]),
    dimm_ue_count: attributeFile(() => `${state()?.ueCount ?? 0}\n`),
    power: powerDirectory(kernel, device),
    size: constantFile(String(bytes / MIB)),
    uevent: ueventFile(kernel, device, `mc dimm${slot}`),
  });
}

const NEWLINE = 0x0a;

/** The label of a DIMM. An empty one shows nothing. Mirrors dimmdev_label_show() and dimmdev_label_store(). */
function labelFile(state: () => DimmState | undefined): FileNode {
  const file = storedFile({
    mode: 0o644,
    store(data) {
      const dimm = state();
      const last = data.at(-1);
      const label = last === 0 || last === NEWLINE ? data.subarray(0, -1) : data;
      if (!dimm || label.length === 0 || label.length >= LABEL_BYTES) return -ERRNO.EINVAL;
      const nul = label.indexOf(0);
      dimm.label = label.slice(0, nul === -1 ? label.length : nul);
      return 0;
    },
  });
  return {
    ...file,
    handler: {
      ...file.handler,
      read(_file, position, length) {
        const label = state()?.label ?? new Uint8Array(0);
        return (label.length === 0 ? label : Uint8Array.of(...label, NEWLINE)).subarray(position, position + length);
      },
    },
  };
}
