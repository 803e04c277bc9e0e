export const ROOT: string;
export const DEBIAN_13: string;
export class SetupError extends Error {}
export function packagesAreStale(root?: string): boolean;
export function buildIsStale(root?: string): boolean;
export function build(root?: string): void;
export function installPackages(): void;
export function setup(options?: { readonly libraries?: boolean }): void;
export function exitOnSetupError(work: () => void): void;
export function setupOrExit(options?: { readonly libraries?: boolean }): void;
