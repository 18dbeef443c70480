import { parseArgs } from 'node:util';

export const usage = `npm run bench -- captions [options]

What to measure (one of; without any: latency, accuracy and load of N speakers)
  --noise            words invented on silence, noise and music
  --soak MINUTES     lag and memory over a long call
  --kills N          kill -9 of Triton mid-sentence, N times

How
  --speakers 1,2,4   how many speak at once; default 1,2,4,8,12,16,20,24 until the budgets break and lag grows
  --seconds 60       how long each step speaks (noise: each kind; soak: the loop that is said again)
  --model a,b        moonshine, whisper_live; default both. whisper_live runs with --weights
  --weights NAME     default whisper-tiny-en, the same as WhisperLive gets
  --language en      language of the clips: en, or with --model whisper_live --weights whisper-base hi, te, kn, ta, mr, pa
  --no-peer          without WhisperLive's own server (its environment takes 1.5 GB; with PyPI's CUDA torch more)
  --peer-model-each  WhisperLive with a model a client; its default is one for all
  --peer-threads 1   threads of one of its decodes; 1 is what its own start script sets, and faster here
  --victim NAME      what --kills kills: tritonserver (default) or triton_python_b (the models' processes)
  --seed 1           order of the clips
  --docs             puts the tables into docs/figures.md, with machine, date and load
  --json FILE        default bench/results/captions-DATE.json
`;

export type Mode = 'ladder' | 'noise' | 'soak' | 'kills';

export interface Options {
  readonly mode: Mode;
  /** Undefined: up until lag grows. */
  readonly speakers: readonly number[] | undefined;
  readonly seconds: number;
  readonly models: readonly string[];
  readonly weights: string;
  readonly language: string;
  readonly peer: boolean;
  readonly peerModelEach: boolean;
  readonly peerThreads: number;
  readonly minutes: number;
  readonly kills: number;
  readonly victim: string;
  readonly seed: number;
  readonly docs: boolean;
  readonly json: string | undefined;
}

const MODELS = ['moonshine', 'whisper_live'];

/** Undefined when help was asked for. @throws Error with one line for people */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      noise: { type: 'boolean', default: false },
      soak: { type: 'string' },
      kills: { type: 'string' },
      speakers: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      model: { type: 'string', default: MODELS.join(',') },
      weights: { type: 'string', default: 'whisper-tiny-en' },
      language: { type: 'string', default: 'en' },
      peer: { type: 'boolean', default: true },
      'peer-model-each': { type: 'boolean', default: false },
      'peer-threads': { type: 'string', default: '1' },
      victim: { type: 'string', default: 'tritonserver' },
      seed: { type: 'string', default: '1' },
      docs: { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  if (values.help) return undefined;
  const modes: Mode[] = [];
  if (values.noise) modes.push('noise');
  if (values.soak !== undefined) modes.push('soak');
  if (values.kills !== undefined) modes.push('kills');
  if (modes.length > 1) throw new Error(`--${modes.join(' and --')} are measured one at a time`);
  const models = values.model.split(',');
  const unknown = models.find((model) => !MODELS.includes(model));
  if (unknown !== undefined) throw new Error(`--model takes ${MODELS.join(', ')}, not ${unknown}`);
  return {
    mode: modes[0] ?? 'ladder',
    speakers: values.speakers?.split(',').map((text) => positive('speakers', text)),
    seconds: positive('seconds', values.seconds),
    models,
    weights: values.weights,
    language: values.language,
    peer: values.peer,
    peerModelEach: values['peer-model-each'],
    peerThreads: positive('peer-threads', values['peer-threads']),
    minutes: positive('soak', values.soak ?? '1'),
    kills: positive('kills', values.kills ?? '1'),
    victim: values.victim,
    seed: positive('seed', values.seed),
    docs: values.docs,
    json: values.json,
  };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${option} takes a number above 0, not '${text}'`);
  return number;
}
