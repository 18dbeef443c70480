import { useEffect, useState } from 'react';
import type { TritoneAvatars, VoicesOnOffer } from '../../../sdk/index.ts';

/** While models load, and a first start still fetches voices, there are more to come; later a model may be installed. */
const AGAIN_MS = 3_000;
const AT_FIRST_MS = 120_000;
const LATER_MS = 20_000;

const none: VoicesOnOffer = { voices: [], absent: [] };

export function useVoices(avatars: TritoneAvatars): VoicesOnOffer {
  const [onOffer, setOnOffer] = useState(none);
  useEffect(() => {
    let stopped = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const answer = await avatars.voices().catch(() => undefined);
      if (stopped) return;
      if (answer !== undefined) setOnOffer(answer);
      timer = setTimeout(() => void look(), performance.now() < AT_FIRST_MS ? AGAIN_MS : LATER_MS);
    };
    void look();
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [avatars]);
  return onOffer;
}
