export function whyNoMounts(): string | undefined;
