// npm run build, and what npm pack runs first: compiles src into a new dist, which has nothing of sources that were removed.
import { build, exitOnSetupError, installPackages, packagesAreStale } from './setup.mjs';

exitOnSetupError(() => {
  if (packagesAreStale()) installPackages();
  build();
});
