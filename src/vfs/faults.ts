import { ERRNO, errnoName } from '../abi/errno.ts';
import { LIMITS } from '../abi/limits.ts';

/** Injected faults of files: `fail` and `delay` of the control file. */

type FaultOperation = 'open' | 'read' | 'write';

interface Rule {
  readonly path: string;
  /** Uses left; Infinity for a rule without a count. */
  left: number;
}

export interface FailRule extends Rule {
  readonly op: FaultOperation;
  /** Positive. */
  readonly errno: number;
}

export interface DelayRule extends Rule {
  readonly ms: number;
}

/** A rule as a command, and how often it still applies; absent: until a reset. */
export interface FaultInForce {
  readonly rule: string;
  readonly left?: number;
}

/** The rules in force. A later rule for the same file precedes an earlier one. A rule that is used up is removed. */
export class Faults {
  #fails: FailRule[] = [];
  #delays: DelayRule[] = [];

  /** 0, or a negative errno where there are too many. */
  addFail(rule: FailRule): number {
    return this.#full || (this.#fails.unshift(rule), 0);
  }

  /** 0, or a negative errno where there are too many. */
  addDelay(rule: DelayRule): number {
    return this.#full || (this.#delays.unshift(rule), 0);
  }

  get #full(): number {
    const { most, errno } = LIMITS.rules;
    return this.#fails.length + this.#delays.length < most ? 0 : -ERRNO[errno];
  }

  clear(): void {
    this.#fails = [];
    this.#delays = [];
  }

  /** The negative errno that an operation fails with, or 0. Uses one count of the rule. */
  failing(op: FaultOperation, path: string): number {
    if (this.#fails.length === 0) return 0;
    const rule = this.#fails.find((each) => each.path === path && each.op === op);
    if (!rule) return 0;
    rule.left -= 1;
    if (rule.left <= 0) this.#fails = this.#fails.filter((each) => each !== rule);
    return -rule.errno;
  }

  /** By how many milliseconds to delay the reply to a read or a write; this uses one count. */
  delaying(path: string): number {
    if (this.#delays.length === 0) return 0;
    const rule = this.#delays.find((each) => each.path === path);
    if (!rule) return 0;
    rule.left -= 1;
    if (rule.left <= 0) this.#delays = this.#delays.filter((each) => each !== rule);
    return rule.ms;
  }

  /** The rules in force, as the commands that made them. */
  inForce(): FaultInForce[] {
    const uses = ({ left }: Rule): Pick<FaultInForce, 'left'> => (left === Infinity ? {} : { left });
    return [
      ...this.#fails.map((rule) => ({ rule: `fail ${rule.path} op=${rule.op} errno=${errnoName(rule.errno)}`, ...uses(rule) })),
      ...this.#delays.map((rule) => ({ rule: `delay ${rule.path} ms=${rule.ms}`, ...uses(rule) })),
    ];
  }
}
