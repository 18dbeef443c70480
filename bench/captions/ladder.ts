import type { Clip } from '../audio/clips.ts';
import { timelineOf } from '../audio/timeline.ts';
import { budgetFor, keeps, lagGrows } from '../score/budgets.ts';
import { TritoneServer, type TritoneServerOptions } from '../tritone/server.ts';
import { type Measured, measured } from './measured.ts';
import type { Options } from './options.ts';
import { measurePeer } from './peerRun.ts';
import { runOnTritone } from './tritoneRun.ts';

const STEPS = [1, 2, 4, 8, 12, 16, 20, 24];

/** Each system with more and more speakers, the same sound for all. */
export async function climb(
  options: Options,
  clips: readonly Clip[],
  tell: (measured: Measured) => void,
): Promise<Measured[]> {
  const all: Measured[] = [];
  const step = (one: Measured) => {
    all.push(one);
    tell(one);
    return one;
  };
  const timelines = (speakers: number) =>
    Array.from({ length: speakers }, (_, index) =>
      timelineOf(clips, { seconds: options.seconds, seed: options.seed * 1000 + index }),
    );
  for (const model of options.models) {
    await using server = await TritoneServer.start(recogniser(options, model));
    for (const speakers of options.speakers ?? STEPS) {
      const { run, ...rest } = await runOnTritone(server, timelines(speakers), { language: options.language });
      const one = step(measured(`Tritone, ${nameOf(options, model)}`, run, rest));
      if (options.speakers === undefined && isPast(one)) break;
    }
  }
  const [warmUp] = clips;
  if (!options.peer || warmUp === undefined) return all;
  for (const speakers of options.speakers ?? STEPS) {
    const one = step(await measurePeer(timelines(speakers), { ...peerOptions(options), warmUp }));
    if (options.speakers === undefined && isPast(one)) break;
  }
  return all;
}

export function recogniser({ weights }: Options, model: string): TritoneServerOptions {
  return model === 'whisper_live' ? { model, weights } : { model };
}

export function nameOf({ weights }: Options, model: string): string {
  return model === 'whisper_live' ? `${model} (${weights})` : model;
}

function peerOptions({ weights, language, peerModelEach, peerThreads }: Options) {
  const folder = process.env.TRITONE_MODELS_DIR;
  if (folder === undefined) throw new Error('WhisperLive needs TRITONE_MODELS_DIR: start with npm run bench');
  return { weights: `${folder}/${weights}`, language, modelEach: peerModelEach, threads: peerThreads };
}

/** More speakers would tell nothing new. */
function isPast({ summary, speakers }: Measured): boolean {
  return lagGrows(summary) && !keeps(summary, budgetFor(speakers));
}
