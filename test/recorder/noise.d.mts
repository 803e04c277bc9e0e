import type { Rule } from './compare.mjs';

type Subject =
  | 'none' | 'procSysFiles' | 'sysctlAll' | 'sysctlWrites' | 'fileOps' | 'sysctlKernel' | 'memoryFailure' | 'sysctlPositions'
  | 'panic' | 'machine';

export const NOISE: Readonly<Record<Subject, readonly Rule[]>>;
