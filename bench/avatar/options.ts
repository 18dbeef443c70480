import { parseArgs } from 'node:util';

export const usage = `What an avatar costs, how soon it is heard and seen, and whether its lips keep to its voice.

  npm run bench -- avatar [--parts moments,ladder,stall,lips] [--voice piper/joe] [--lips viseme_warp]
                          [--counts 1,2,4,6,8,12] [--seconds 12] [--json FILE]
  npm run bench -- avatar --skew [--seconds 60] [--json FILE]

  moments   first sound, first lips, and how much is heard after a stop in the middle of a word
  ladder    avatars that all speak until 25 fps break (2 % of the pictures missing, or 5 % without lips in time), and what
            they cost: one viewer through WebRTC, no browser
  stall     the lip-sync model stands still for 10 s (SIGSTOP): the voice meanwhile, and the lips after it
  lips      agreement of the mouth in decoded pictures with what is said, with shuffled visemes and a frozen mouth beside it
  --skew    in real Chromium: models that flash and beep at the same sample`;

const PARTS = ['moments', 'ladder', 'stall', 'lips'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  readonly skew: boolean;
  readonly parts: readonly Part[];
  readonly voice: string;
  readonly lips: string;
  readonly counts: readonly number[];
  readonly seconds: number;
  readonly json: string | undefined;
}

/** Undefined where help is wanted. @throws Error in a sentence */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      skew: { type: 'boolean', default: false },
      parts: { type: 'string', default: PARTS.join(',') },
      voice: { type: 'string', default: 'piper/joe' },
      lips: { type: 'string', default: 'viseme_warp' },
      counts: { type: 'string', default: '1,2,4,6,8,12' },
      seconds: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const parts = values.parts.split(',');
  const unknown = parts.find((part) => !(PARTS as readonly string[]).includes(part));
  if (unknown !== undefined) throw new Error(`--parts takes ${PARTS.join(', ')}, not ${unknown}`);
  return {
    skew: values.skew,
    parts: PARTS.filter((part) => parts.includes(part)),
    voice: values.voice,
    lips: values.lips,
    counts: values.counts.split(',').map((count) => positive('counts', count)),
    seconds: positive('seconds', values.seconds ?? (values.skew ? '60' : '12')),
    json: values.json,
  };
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new Error(`--${option} takes numbers above 0, not '${text}'`);
  return number;
}
