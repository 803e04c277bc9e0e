import type { Plugin } from 'vitest/config';

/** The plugin for rolldown and vite: `import module from './x.wat'` is the assembled module. */
export function watPlugin(): Plugin;
