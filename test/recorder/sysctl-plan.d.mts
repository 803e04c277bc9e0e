export interface ListedFile {
  readonly path: string;
  readonly mode: string;
  readonly value: string;
}
export function listedFiles(text: string): ListedFile[];
export function filesOfModules(text: string, names: readonly string[]): ListedFile[];
export function sysctlPlan(files: readonly ListedFile[]): string;
