import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { dataFile, hasTestData, references, testDataDir } from '../../test/fixtures/testData.ts';
import { readWav } from '../../test/fixtures/wav.ts';
import { voicedEdges } from './voicedEdges.ts';

export const CLIP_RATE = 16_000;

/** A sentence that someone spoke, with what was said. Mono, 16 kHz. */
export interface Clip {
  readonly name: string;
  readonly text: string;
  readonly pcm: Int16Array;
  /** Its voiced part within the clip. */
  readonly voiced: { readonly startMs: number; readonly endMs: number };
}

/** Every clip of one language. @throws Error that says what to set where the data is absent */
export async function readClips(language: string): Promise<Clip[]> {
  if (!hasTestData) {
    throw new Error(`There is no speech in ${testDataDir}: set TRITONE_TEST_DATA to the folder that holds speech/en`);
  }
  const texts = await textsOf(language);
  const clips: Clip[] = [];
  for (const [name, text] of texts) {
    const { pcm, sampleRate } = await readWav(dataFile(`speech/${name}`));
    if (sampleRate !== CLIP_RATE) throw new Error(`${name} has ${sampleRate} Hz, not ${CLIP_RATE}`);
    clips.push({ name, text, pcm, voiced: voicedEdges(pcm, sampleRate) });
  }
  if (clips.length === 0) throw new Error(`There are no clips of language ${language} in ${testDataDir}`);
  return clips;
}

async function textsOf(language: string): Promise<Map<string, string>> {
  if (existsSync(dataFile(`speech/${language}/ref.tsv`))) {
    const texts = await references(language);
    return new Map([...texts].map(([name, text]) => [path.posix.join(language, name), text]));
  }
  const table = await readFile(dataFile('speech/indic_ref.tsv'), 'utf8');
  const rows = table.split('\n').filter((line) => line.startsWith(`${language}/`));
  return new Map(rows.map((line) => line.split('\t').slice(0, 2) as [string, string]));
}
