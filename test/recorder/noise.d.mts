import type { Rule } from './compare.mjs';

export const NOISE: Readonly<
  Record<'none' | 'sysctlWrites' | 'fileOps' | 'sysctlKernel' | 'memoryFailure' | 'sysctlPositions' | 'panic' | 'machine', readonly Rule[]>
>;
