/** What the launcher is to run. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** To the launcher, a line of JSON each. */
export type ToLauncher = { readonly launch: Launch } | { readonly signal: NodeJS.Signals };

/** From the launcher. */
export type FromLauncher =
  /** It is there, and who the init of its pid namespace is, as seen from outside. */
  | { readonly init: number }
  /** CMD has ended, or could not be started. */
  | { readonly status: number }
  | { readonly killed: NodeJS.Signals }
  | { readonly errno: string };
