export function spacedJson(value: unknown): string;
export function sysctlWritesInputs(recording: string): string;
export function sysctlWrites(output: string): string;
export function upstreamVersion(version: string): string;
export function sysctlPositionsScript(recording: string): Record<string, string>;
export function sysctlPositions(output: string, recording: string): string;
export function consoleBlock(console: string, block: { from?: RegExp; first: RegExp; last: RegExp }): string | undefined;
