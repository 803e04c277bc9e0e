import { build, buildIsStale } from '../../../scripts/setup.mjs';

/** Vitest's global set-up of the end-to-end tests. They run dist, so it must be built from the present src. */
export default function buildOnce(): void {
  if (buildIsStale()) build();
}
