import { useCallback, useEffect, useRef, useState } from 'react';
import {
  type PlaceAvatar,
  type PlacedAvatar,
  type TritoneAvatars,
  TritoneError,
  TritoneRoom,
} from '../../../sdk/index.ts';
import { inventRoomName } from '../lib/roomNames.ts';

export type StudioState =
  | { readonly at: 'choosing' }
  | { readonly at: 'opening' }
  | { readonly at: 'open'; readonly room: TritoneRoom; readonly avatar: PlacedAvatar };

export interface StudioCall {
  readonly state: StudioState;
  /** Joins a room of its own as a viewer and places the avatar there; an earlier one leaves. */
  readonly open: (avatar: PlaceAvatar) => Promise<void>;
  /** Takes the avatar out of the call, and this page with it. */
  readonly end: () => Promise<void>;
}

export function useStudioCall(avatars: TritoneAvatars, onError: (error: TritoneError) => void): StudioCall {
  const [state, setState] = useState<StudioState>({ at: 'choosing' });
  const current = useRef<StudioState>(state);
  const gone = useRef(false);
  const move = useCallback((next: StudioState) => {
    current.current = next;
    setState(next);
  }, []);

  const open = useCallback(
    async (wanted: PlaceAvatar) => {
      const before = current.current;
      if (before.at === 'opening') return;
      move({ at: 'opening' });
      let room = before.at === 'open' ? before.room : undefined;
      try {
        room ??= await enter(() => move({ at: 'choosing' }));
        if (before.at === 'open') await avatars.remove(room.name, before.avatar.participantId).catch(() => {});
        const avatar = await avatars.place(room.name, wanted);
        if (gone.current) void room.leave();
        else move({ at: 'open', room, avatar });
      } catch (cause) {
        onError(TritoneError.from(cause, 'internal'));
        void room?.leave();
        move({ at: 'choosing' });
      }
    },
    [avatars, move, onError],
  );

  const end = useCallback(async () => {
    const { current: now } = current;
    if (now.at !== 'open') return;
    move({ at: 'choosing' });
    await avatars.remove(now.room.name, now.avatar.participantId).catch(() => {});
    await now.room.leave();
  }, [avatars, move]);

  useEffect(() => {
    gone.current = false;
    const leave = () => {
      gone.current = true;
      const { current: now } = current;
      if (now.at === 'open') void now.room.leave();
    };
    return leave;
  }, []);

  return { state, open, end };
}

async function enter(onEnded: () => void): Promise<TritoneRoom> {
  const room = await TritoneRoom.join({ room: `studio-${inventRoomName()}`, name: 'Studio', language: 'auto' });
  window.tritone = room;
  room.events.on('connection', ({ state }) => {
    if (state === 'ended') onEnded();
  });
  return room;
}
