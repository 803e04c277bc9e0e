// npm run build, and what npm pack runs first: compiles src into a dist of its own making, in which nothing is left of sources that have gone.
import { build, exitOnSetupError, installPackages, packagesAreStale } from './setup.mjs';

exitOnSetupError(() => {
  if (packagesAreStale()) installPackages();
  build();
});
