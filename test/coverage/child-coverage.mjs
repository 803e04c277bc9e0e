// Which parts of dist the processes of tests ran, as coverage of src.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8Coverage from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import istanbul from 'istanbul-lib-coverage';
import { parseAstAsync } from 'vitest/node';
import { RECORDED } from './recorded.mjs';

/** All records together, as if one process had run everything. */
function mergedRecords(directory) {
  const files = readdirSync(directory).filter((name) => name.endsWith(RECORDED));
  // One file at a time, because all of them together are large.
  return files.reduce((merged, name) => v8Coverage.mergeProcessCovs([merged, ...JSON.parse(readFileSync(join(directory, name), 'utf8'))]), { result: [] });
}

/** The coverage of one compiled module, a bundle of sources, as that of its sources, in the form of istanbul. */
async function sourceCoverage(module) {
  const path = fileURLToPath(module.url);
  const code = readFileSync(path, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
  sourceMap.sources = sourceMap.sources.map((source) => new URL(source, module.url).href);
  return convert({ code, sourceMap, ast: await parseAstAsync(code), coverage: module });
}

/** The coverage of src by processes whose records are in a directory. A source may be in several bundles: its counts are added. */
export async function childCoverage(directory) {
  const map = istanbul.createCoverageMap({});
  for (const converted of await Promise.all(mergedRecords(directory).result.map(sourceCoverage))) map.merge(converted);
  return map;
}
