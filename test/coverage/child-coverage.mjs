// Which parts of dist the processes of tests ran, as coverage of src.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import v8Coverage from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import { parseAstAsync } from 'vitest/node';
import { RECORDED } from './recorded.mjs';

/** All records together, as if one process had run everything. */
function mergedRecords(directory) {
  const files = readdirSync(directory).filter((name) => name.endsWith(RECORDED));
  // One file at a time, because all of them together are large.
  return files.reduce((merged, name) => v8Coverage.mergeProcessCovs([merged, ...JSON.parse(readFileSync(join(directory, name), 'utf8'))]), { result: [] });
}

/** The coverage of one compiled module, as coverage of its source, in the form of istanbul. */
async function sourceCoverage(module) {
  const path = fileURLToPath(module.url);
  const code = readFileSync(path, 'utf8');
  const sourceMap = JSON.parse(readFileSync(`${path}.map`, 'utf8'));
  sourceMap.sources = sourceMap.sources.map((source) => new URL(source, module.url).href);
  return convert({ code, sourceMap, ast: await parseAstAsync(code), coverage: module });
}

/** The coverage of src by processes whose records are in a directory: for each file the data of istanbul. */
export async function childCoverage(directory) {
  const converted = await Promise.all(mergedRecords(directory).result.map(sourceCoverage));
  return Object.assign({}, ...converted);
}
