import { mkdtemp, open, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Database as DatabaseClass } from 'node-sqlite3-wasm';
import { UnusableError } from './packed.ts';

/** A row of a table, by column. */
type Row = Readonly<Record<string, unknown>>;

/**
 * A table of rasdaemon's database, and how a row becomes a line of a log. Replay uses only what the kernel wrote in it. Columns that a
 * version lacks are empty.
 */
interface Table {
  readonly name: string;
  readonly line: (row: Row) => string;
}

const ENCODER = new TextEncoder();
/** Rows that become lines at a time. */
const ROWS_AT_A_TIME = 1000;

const text = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? String(value) : '').replace(/\s+/g, ' ');

/** Source: ras-record.c of rasdaemon. Its records of other devices are not about memory. */
const TABLES: readonly Table[] = [
  {
    name: 'mc_event',
    line: (row) => `mc_event: ${text(row['err_count'])} ${text(row['err_type'])} error(s): ${text(row['err_msg'])} at ${text(row['label'])} `
      + `address=0x${BigInt.asUintN(64, BigInt(text(row['address']) || 0)).toString(16)}`,
  },
  {
    name: 'memory_failure_event',
    line: (row) => `memory_failure_event: pfn=${text(row['pfn'])} page_type=${text(row['page_type'])} action_result=${text(row['action_result'])}`,
  },
];

/**
 * Reads a database of rasdaemon (`ras-mc_event.db`): a line for each record of a memory error, in the order of time. SQLite reads a copy: it makes a
 * lock beside the file that it reads, and the place of the original may be read-only. @throws UnusableError for what is no such database
 */
export async function* rasdaemonLines(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const directory = await mkdtemp(join(tmpdir(), 'vmsysctld-replay-'));
  try {
    const copy = join(directory, 'copy.db');
    const file = await open(copy, 'wx', 0o600);
    try {
      for await (const piece of content) await file.writeFile(piece);
    } finally {
      await file.close();
    }
    // It is loaded for databases alone. It is a CommonJS module, whose names an import does not find.
    const { Database } = createRequire(import.meta.url)('node-sqlite3-wasm') as { readonly Database: typeof DatabaseClass };
    let database: DatabaseClass | undefined;
    try {
      database = new Database(copy, { readOnly: true, fileMustExist: true });
      yield* linesOf(database);
    } catch (error) {
      throw error instanceof UnusableError ? error : new UnusableError(`it is not a database that SQLite can read: ${(error as Error).message}`);
    } finally {
      database?.close();
    }
  } finally {
    await rm(directory, { recursive: true });
  }
}

function* linesOf(database: DatabaseClass): Generator<Uint8Array> {
  const known = database.all("SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => (row as Row)['name']);
  const tables = TABLES.filter(({ name }) => known.includes(name));
  if (tables.length === 0) throw new UnusableError(`it is a database, but not of rasdaemon: it has neither ${TABLES.map(({ name }) => name).join(' nor ')}`);
  // The records of two tables in the order of time. Of one second, what the hardware reports comes first.
  const order = tables.map(({ name }, index) => `SELECT ${index} AS "table", id, timestamp FROM ${name}`).join(' UNION ALL ');
  const rows = database.all(`${order} ORDER BY timestamp, "table", id`) as readonly Row[];
  const statements = tables.map(({ name }) => database.prepare(`SELECT * FROM ${name} WHERE id = ?`));
  try {
    for (let begin = 0; begin < rows.length; begin += ROWS_AT_A_TIME) {
      const lines = rows.slice(begin, begin + ROWS_AT_A_TIME).map((place) => {
        const table = Number(place['table']);
        const row = statements[table]?.get([place['id'] as number]) as Row;
        return `${text(row['timestamp'])} kernel: ${tables[table]?.line(row) ?? ''}\n`;
      });
      yield ENCODER.encode(lines.join(''));
    }
  } finally {
    for (const statement of statements) statement.finalize();
  }
}
