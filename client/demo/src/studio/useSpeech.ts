import { useCallback, useEffect, useRef, useState } from 'react';
import { type TritoneAvatars, TritoneError, type TritoneRoom, type UtteranceInfo } from '../../../sdk/index.ts';
import { useToast } from '../ui/Toasts.tsx';

export interface Speech {
  readonly utterance: UtteranceInfo | undefined;
  /** From the click to the first sound that this page plays, ms. */
  readonly heardHereMs: number | undefined;
  readonly say: (text: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const FOLLOW_EVERY_MS = 150;
const LISTEN_EVERY_MS = 10;
const LISTEN_MS = 10_000;
/** Of the level that browsers report: room noise of a voice's own tracks stays below. */
const AUDIBLE = 0.01;

/** What the avatar says, followed from the text to the sound. */
export function useSpeech(avatars: TritoneAvatars, room: TritoneRoom, participantId: string): Speech {
  const toast = useToast();
  const [utterance, setUtterance] = useState<UtteranceInfo>();
  const [heardHereMs, setHeardHereMs] = useState<number>();
  const followed = useRef<string>(undefined);
  useEffect(
    () => () => {
      followed.current = undefined;
    },
    [],
  );

  const fail = useCallback((cause: unknown) => toast(TritoneError.from(cause, 'internal').message, 'error'), [toast]);

  const say = useCallback(
    async (text: string) => {
      try {
        setHeardHereMs(undefined);
        const heard = firstSound(room, participantId);
        const accepted = await avatars.say(room.name, participantId, { text });
        followed.current = accepted.utteranceId;
        setUtterance(accepted);
        void heard.then(setHeardHereMs);
        for (let now = accepted; now.state === 'waiting' || now.state === 'speaking'; ) {
          await new Promise((resolve) => setTimeout(resolve, FOLLOW_EVERY_MS));
          if (followed.current !== accepted.utteranceId) return;
          now = await avatars.utterance(room.name, participantId, accepted.utteranceId);
          setUtterance(now);
        }
      } catch (cause) {
        fail(cause);
      }
    },
    [avatars, room, participantId, fail],
  );

  const stop = useCallback(
    () => avatars.stop(room.name, participantId).catch(fail),
    [avatars, room, participantId, fail],
  );

  return { utterance, heardHereMs, say, stop };
}

/** Ms until the participant is heard; undefined after 10 s of silence. */
async function firstSound(room: TritoneRoom, participantId: string): Promise<number | undefined> {
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < LISTEN_MS) {
    if (room.audioLevel(participantId) > AUDIBLE) return performance.now() - startedAtMs;
    await new Promise((resolve) => setTimeout(resolve, LISTEN_EVERY_MS));
  }
  return undefined;
}
