import { useCallback, useSyncExternalStore } from 'react';
import type { TritoneRoom, TritoneRoomEvents } from '../../../sdk/index.ts';
import { type Settings, settings } from '../lib/settings.ts';

/** What `read` takes from the room, read again whenever `event` happens. `read` must give the same value while nothing has changed. */
export function useRoom<T>(room: TritoneRoom, event: keyof TritoneRoomEvents, read: (room: TritoneRoom) => T): T {
  const subscribe = useCallback((changed: () => void) => room.events.on(event, changed), [room, event]);
  return useSyncExternalStore(subscribe, () => read(room));
}

const subscribeToSettings = (changed: () => void) => settings.events.on('changed', changed);

export function useSettings(): Settings {
  return useSyncExternalStore(subscribeToSettings, () => settings.current);
}
