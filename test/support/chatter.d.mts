export function chatterLine(n: number): string;
export function failureLine(n: number): string;
