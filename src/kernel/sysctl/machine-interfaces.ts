import { OWN, setBootValues } from './boot-values.ts';
import { type CtlTable, dottedName, type MachineSize, type SysctlValue } from './ctl-table.ts';
import type { MachineParts, NetInterface } from './machine-parts.ts';
import { interfaceSysctls, machineSysctls } from './machine-sysctls.ts';

/** What the interfaces need of their machine. */
export interface InterfacesHost extends MachineSize {
  readonly values: Map<string, SysctlValue>;
  /** Grows each time that files of the tree appear or disappear. */
  treeVersion: number;
}

/** The network interfaces of a machine now, and the files that it has with them. A reboot does not change them. */
export class MachineInterfaces {
  readonly #host: InterfacesHost;
  readonly #parts: MachineParts;
  #all: readonly NetInterface[];
  #sysctls: readonly CtlTable[];

  constructor(host: InterfacesHost, parts: MachineParts) {
    this.#host = host;
    this.#parts = parts;
    this.#all = parts.interfaces;
    this.#sysctls = machineSysctls(host.profile, parts);
  }

  get all(): readonly NetInterface[] {
    return this.#all;
  }

  /** Every file below /proc/sys: a new list whenever they change. */
  get sysctls(): readonly CtlTable[] {
    return this.#sysctls;
  }

  /** Adds an interface with its files. Its values are those of `default`. It replaces one of the same name. */
  add(added: NetInterface): void {
    this.remove(added.name);
    this.#set([...this.#all, added]);
    this.#start(this.#sysctlsOf(added));
  }

  /** Removes an interface with its files. */
  remove(gone: string): void {
    for (const { name } of this.#all.filter((each) => each.name === gone).flatMap((each) => this.#sysctlsOf(each))) this.#forget(name);
    this.#set(this.#all.filter(({ name }) => name !== gone));
  }

  /** Renames an interface: its files move, with their values. */
  rename(old: string, name: string): void {
    const { values } = this.#host;
    const renamed = this.#all.find((each) => each.name === old);
    if (renamed === undefined || old === name) return;
    const now = { ...renamed, name };
    const kept = this.#sysctlsOf(renamed).map((row) => [row.name, row.name + OWN].map((key) => values.get(key)));
    this.remove(old);
    this.add(now);
    for (const [index, row] of this.#sysctlsOf(now).entries()) {
      for (const [key, value] of [[row.name, kept[index]?.[0]], [row.name + OWN, kept[index]?.[1]]] as const) {
        if (value === undefined) values.delete(key);
        else values.set(key, value);
      }
    }
  }

  /** Gives an interface another MTU, in bytes. Below 1280 its files of IPv6 go; from 1280 on they come back with the values of `default`. */
  setMtu(changed: string, mtu: number): void {
    const old = this.#all.find(({ name }) => name === changed);
    if (old === undefined) return;
    const now = { ...old, mtu };
    const [before, after] = [this.#sysctlsOf(old), this.#sysctlsOf(now)];
    const had = new Set(before.map(({ name }) => name));
    const has = new Set(after.map(({ name }) => name));
    this.#set(this.#all.map((each) => (each === old ? now : each)));
    for (const name of had) if (!has.has(name)) this.#forget(name);
    this.#start(after.filter(({ name }) => !had.has(name)));
    const shown = `net.ipv6.conf.${dottedName(changed)}.mtu`;
    if (has.has(shown)) this.#host.values.set(shown, [BigInt(mtu)]);
  }

  #sysctlsOf(each: NetInterface): readonly CtlTable[] {
    return interfaceSysctls(this.#host.profile, this.#parts, each);
  }

  /** Sets the first values of an interface's files. Values written to `default` are among them. */
  #start(rows: readonly CtlTable[]): void {
    const { values } = this.#host;
    for (const { name } of rows) this.#forget(name);
    setBootValues(values, rows, this.#host);
    for (const { name, inherits } of rows) {
      if (inherits !== undefined && values.has(`${inherits}${OWN}`)) values.set(`${name}${OWN}`, [1n]);
    }
  }

  /** Forgets what a file of an interface holds. */
  #forget(name: string): void {
    this.#host.values.delete(name);
    this.#host.values.delete(`${name}${OWN}`);
  }

  #set(interfaces: readonly NetInterface[]): void {
    this.#all = interfaces;
    this.#sysctls = machineSysctls(this.#host.profile, { ...this.#parts, interfaces });
    this.#host.treeVersion += 1;
  }
}
