/** A number as printk's %#lx prints it, and as the control file takes addresses: `0x40272d`. Zero is `0x0`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
