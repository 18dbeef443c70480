import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const figures = path.resolve(import.meta.dirname, '../../docs/figures.md');

/** Puts fresh figures into docs/figures.md. */
export async function writeSection(name: string, content: string): Promise<void> {
  await writeFile(figures, replaceSection(await readFile(figures, 'utf8'), name, content));
}

/** What stands between `<!-- NAME -->` and `<!-- /NAME -->` becomes `content`. @throws Error where they are not there */
export function replaceSection(text: string, name: string, content: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`There is no ${begin} … ${end} to fill`);
  return `${text.slice(0, from + begin.length)}\n${content}\n${text.slice(to)}`;
}
