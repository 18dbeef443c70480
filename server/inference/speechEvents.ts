import { z } from 'zod';
import type { ParsedEvent } from './modelStream.ts';
import type { SampleMap } from './sampleMap.ts';
import type { SpeechEvent } from './speechToText.types.ts';
import { type Outputs, readTexts } from './tensors.ts';

const sample = z.int().nonnegative();
const confidence = z.number().catch(0);

const word = z.object({ text: z.string(), start: sample, end: sample, confidence });

const hypothesis = {
  utterance: z.int().positive(),
  revision: z.int().nonnegative(),
  start: sample,
  end: sample,
  text: z.string(),
  stable: z.int().nonnegative().default(0),
  language: z.string(),
};

/** EVENT of a speech-to-text model, as it stands on the wire. */
const wireEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('partial'), ...hypothesis }),
  z.object({
    type: z.literal('final'),
    ...hypothesis,
    words: z.array(word).default([]),
    confidence,
    reason: z.enum(['pause', 'limit', 'end']),
    estimated: z.boolean().default(false),
  }),
  z.object({ type: z.literal('language'), language: z.string(), confidence }),
  z.object({ type: z.literal('progress'), settled: sample }),
  /** The model is behind: since the sequence began so many partials were left out. No caption hangs on it. */
  z.object({ type: z.literal('load'), skipped: z.int().nonnegative().catch(0) }),
]);

const anyEvent = z.object({ type: z.string() });
const knownTypes: ReadonlySet<string> = new Set(wireEvent.options.map((option) => option.shape.type.value));

export interface ParsedSpeechEvent extends ParsedEvent<SpeechEvent> {
  /** Partials that the model has left out under load since the sequence began, where it tells. */
  readonly skippedPartials?: number;
}

/** Events of one response: EVENT BYTES[1,n]. @throws ZodError, SyntaxError or RangeError where one does not fit its schema */
export function readSpeechEvents(outputs: Outputs, map: SampleMap): ParsedSpeechEvent[] {
  const tensor = outputs.get('EVENT');
  return tensor === undefined ? [] : readTexts(tensor).map((text) => parseSpeechEvent(text, map));
}

/** @throws ZodError or SyntaxError where a known event does not fit its schema */
export function parseSpeechEvent(text: string, map: SampleMap): ParsedSpeechEvent {
  const json: unknown = JSON.parse(text);
  const { type } = anyEvent.parse(json);
  if (!knownTypes.has(type)) return { type, event: undefined };
  const wire = wireEvent.parse(json);
  if (wire.type === 'load') return { type, event: undefined, skippedPartials: wire.skipped };
  return { type, event: toSpeechEvent(wire, map) };
}

type ToldEvent = Exclude<z.infer<typeof wireEvent>, { type: 'load' }>;

function toSpeechEvent(wire: ToldEvent, map: SampleMap): SpeechEvent {
  switch (wire.type) {
    case 'language':
      return wire;
    case 'progress':
      return { type: 'progress', settledSample: map.end(wire.settled) };
    case 'partial':
      return { type: 'partial', ...toHypothesis(wire, map) };
    case 'final':
      return {
        type: 'final',
        ...toHypothesis(wire, map),
        words: wire.words.map(({ text, start, end, confidence }) => ({
          text,
          startSample: map.start(start),
          endSample: map.end(end),
          confidence,
        })),
        wordsEstimated: wire.estimated,
        confidence: wire.confidence,
        reason: wire.reason,
      };
  }
}

type Hypothesis = Extract<z.infer<typeof wireEvent>, { type: 'partial' | 'final' }>;

function toHypothesis({ utterance, revision, start, end, text, stable, language }: Hypothesis, map: SampleMap) {
  return {
    utterance,
    revision,
    startSample: map.start(start),
    endSample: Math.max(map.start(start), map.end(end)),
    text,
    stableCodePoints: stable,
    language,
  };
}
