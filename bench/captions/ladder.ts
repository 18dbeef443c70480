import type { Clip } from '../audio/clips.ts';
import { type Timeline, timelineOf } from '../audio/timeline.ts';
import { budgetFor, keeps, lagGrows } from '../score/budgets.ts';
import { TritoneServer, type TritoneServerOptions } from '../tritone/server.ts';
import { type Measured, measured } from './measured.ts';
import type { Options } from './options.ts';
import { measurePeer } from './peerRun.ts';
import { listenToNobody, runOnTritone } from './tritoneRun.ts';

const STEPS = [1, 2, 4, 8, 12, 16, 20, 24];

const WARM_UP_SECONDS = 15;

export interface Climb {
  readonly options: Options;
  readonly clips: readonly Clip[];
  /** Called after each step. */
  readonly tell: (measured: Measured) => void;
}

/** Each system with more and more speakers, the same sound for all. */
export async function climb({ options, clips, tell }: Climb): Promise<Measured[]> {
  const { language, models } = options;
  const steps: Measured[] = [];
  const step = (one: Measured) => {
    steps.push(one);
    tell(one);
    return one;
  };
  for (const model of models) {
    await using server = await TritoneServer.start(recogniser(options, model));
    const system = `Tritone, ${nameOf(options, model)}`;
    // Compiled code and warm weights are what people meet: the first sentences do not count.
    await runOnTritone(server, [timelineOf(clips, { seconds: WARM_UP_SECONDS, seed: options.seed })], { language });
    step(measured(system, await listenToNobody(server)));
    await ascend(options, async (speakers) =>
      step(measured(system, await runOnTritone(server, timelines(options, clips, speakers), { language }))),
    );
  }
  const [warmUp] = clips;
  if (options.peer && warmUp !== undefined) {
    const peer = { ...peerOptions(options), warmUp };
    await ascend(options, async (speakers) => step(await measurePeer(timelines(options, clips, speakers), peer)));
  }
  return steps;
}

/** Stops where more speakers would tell nothing new, unless told how many. */
async function ascend({ speakers: wanted }: Options, measure: (speakers: number) => Promise<Measured>): Promise<void> {
  for (const speakers of wanted ?? STEPS) {
    const { summary } = await measure(speakers);
    if (wanted === undefined && lagGrows(summary) && !keeps(summary, budgetFor(speakers))) return;
  }
}

/** The same for every system, and for each speaker another. */
export function timelines({ seconds, seed }: Options, clips: readonly Clip[], speakers: number): Timeline[] {
  return Array.from({ length: speakers }, (_, index) => timelineOf(clips, { seconds, seed: seed * 1000 + index }));
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
