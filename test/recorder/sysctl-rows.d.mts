export function sysctlAll(output: string, plan: string): string;
export function sysctlAllDifferences(recording: string, base: string): string;
export function sysctlPermissions(output: string): string;
