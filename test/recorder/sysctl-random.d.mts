import type { ListedFile } from './sysctl-plan.mjs';

export function randomPlan(files: readonly ListedFile[], seed: number): string;
