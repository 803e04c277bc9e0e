import { build, buildIsStale } from '../../../scripts/setup.mjs';

/** Vitest's global set-up of the end-to-end tests: they run dist, so it has to be that of the present src. */
export default function buildOnce(): void {
  if (buildIsStale()) build();
}
