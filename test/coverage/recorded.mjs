// The names of what record-children.ts writes and child-coverage.mjs reads.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { ROOT } from '../../scripts/setup.mjs';

export const DIST_URL = pathToFileURL(join(ROOT, 'dist/')).href;
export const RECORDED = '.records.json';
