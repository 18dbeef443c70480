import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import type { EmbeddedAnswer, EmbeddedRequest } from './embeddedMessages.ts';

if (parentPort === null) throw new Error('this runs as a worker thread');
const port = parentPort;
const { folder } = workerData as { folder: string };
const opening = PGlite.create({ dataDir: folder }).then(async (database) => {
  // Files of the log that are kept for reuse would hold what has been deleted.
  await database.exec('set wal_recycle = off');
  return database;
});
// Each request waits for it and tells its failure.
opening.catch(() => {});

async function run(request: EmbeddedRequest): Promise<unknown[]> {
  const database = await opening;
  if (request.type === 'close') {
    await database.close();
    return [];
  }
  if (request.type === 'query') return (await database.query(request.sql, [...request.values])).rows;
  await database.transaction(async (transaction) => {
    for (const { sql, values = [] } of request.statements) await transaction.query(sql, [...values]);
  });
  return [];
}

port.on('message', (request: EmbeddedRequest) => {
  run(request).then(
    (rows) => port.postMessage({ id: request.id, rows } satisfies EmbeddedAnswer),
    (cause: unknown) => port.postMessage({ id: request.id, problem: String(cause) } satisfies EmbeddedAnswer),
  );
});
