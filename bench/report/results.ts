import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

const resultsDir = path.resolve(import.meta.dirname, '../results');

/** Writes all figures of a run and returns the file's path. */
export async function writeResults(name: string, figures: object, file?: string): Promise<string> {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  const target = file ?? path.join(resultsDir, `${name}-${stamp}.json`);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, `${JSON.stringify(figures, null, 2)}\n`);
  return target;
}
