import { useEffect, useState } from 'react';
import type { TritoneAvatars, VoicesOnOffer } from '../../../sdk/index.ts';

/** While models load, and a first start still fetches voices, there are more to come. */
const AGAIN_MS = 3_000;

const none: VoicesOnOffer = { voices: [], absent: [] };

export function useVoices(avatars: TritoneAvatars): VoicesOnOffer {
  const [onOffer, setOnOffer] = useState(none);
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const answer = await avatars.voices().catch(() => none);
      if (stopped) return;
      setOnOffer(answer);
      if (answer.voices.length === 0 || answer.absent.length > 0) timer = setTimeout(() => void look(), AGAIN_MS);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [avatars]);
  return onOffer;
}
