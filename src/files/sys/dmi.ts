import { CPUS } from '../../kernel/cpus.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { DMI, smbiosEntryPoint, smbiosTable } from '../../kernel/memory/smbios.ts';
import { directory, type DirectoryNode, type FileNode, symlink } from '../../vfs/node.ts';
import { constantFile, powerDirectory, ueventFile } from './sysfs-file.ts';

/** A file with bytes that only root reads. */
function tableFile(bytes: () => Uint8Array): FileNode {
  return {
    kind: 'file', mode: 0o400, size: bytes().length,
    handler: { read: (_file, position, length) => bytes().subarray(position, position + length) },
  };
}

/** /sys/firmware/dmi: the tables of SMBIOS, which dmidecode reads. Source: drivers/firmware/dmi_scan.c. */
export function dmiTables({ layout: { dimms, regions } }: Kernel): DirectoryNode {
  const machine = { dimms, regions, cpus: CPUS };
  const table = smbiosTable(machine);
  const entryPoint = smbiosEntryPoint(table, machine);
  return directory({ tables: directory({ DMI: tableFile(() => table), smbios_entry_point: tableFile(() => entryPoint) }) });
}

/** What is in the file modalias, of the fields that have a text. Mirrors get_modalias() (drivers/firmware/dmi-id.c). */
const MODALIAS = `dmi:bvn${DMI.biosVendor}:bvr${DMI.biosVersion}:bd${DMI.biosDate}:br0.0:svn${DMI.vendor}:pn${DMI.product.replaceAll(' ', '')}:pvr${DMI.version}:`
  + `cvn${DMI.vendor}:ct1:cvr${DMI.version}:sku:pfa:`;

/** /sys/devices/virtual/dmi/id: the names in the tables. There is no board: QEMU describes none. Source: drivers/firmware/dmi-id.c. */
export function dmiId(kernel: Kernel): DirectoryNode {
  const device = '/devices/virtual/dmi/id';
  const secret = (): FileNode => ({ ...constantFile(''), mode: 0o400 });
  return directory({
    bios_date: constantFile(DMI.biosDate),
    bios_release: constantFile('0.0'),
    bios_vendor: constantFile(DMI.biosVendor),
    bios_version: constantFile(DMI.biosVersion),
    chassis_asset_tag: constantFile(''),
    chassis_serial: secret(),
    chassis_type: constantFile('1'),
    chassis_vendor: constantFile(DMI.vendor),
    chassis_version: constantFile(DMI.version),
    modalias: constantFile(MODALIAS),
    power: powerDirectory(kernel, device),
    product_family: constantFile(''),
    product_name: constantFile(DMI.product),
    product_serial: secret(),
    product_sku: constantFile(''),
    product_version: constantFile(DMI.version),
    subsystem: symlink('../../../../class/dmi'),
    sys_vendor: constantFile(DMI.vendor),
    uevent: ueventFile(kernel, device, 'dmi id', `MODALIAS=${MODALIAS}\n`),
  });
}
