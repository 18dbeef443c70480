import { useCallback, useEffect, useRef, useState } from 'react';
import { TritoneError, TritoneRoom } from '../../sdk/index.ts';
import { Call } from './call/Call.tsx';
import { CallDevices } from './call/callDevices.ts';
import { Ended } from './Ended.tsx';
import { readDeepLink, roomLink } from './lib/deepLink.ts';
import { settleLanguage } from './lib/languages.ts';
import { settings } from './lib/settings.ts';
import type { Entrance } from './lobby/entrance.ts';
import { Joining } from './lobby/Joining.tsx';
import { Lobby } from './lobby/Lobby.tsx';
import { useToast } from './ui/Toasts.tsx';

type Stage =
  | { at: 'lobby' }
  | { at: 'joining'; room: string }
  | { at: 'call'; room: TritoneRoom; devices: CallDevices }
  | { at: 'ended'; room: string; error: TritoneError | undefined };

const arrival = readDeepLink(globalThis.location.search);
if (arrival.processing !== undefined) settings.lend({ voiceProcessing: arrival.processing });

/** Lobby, call, end. */
export function App() {
  const [stage, setStage] = useState<Stage>(
    arrival.autojoin ? { at: 'joining', room: arrival.room ?? '' } : { at: 'lobby' },
  );
  const toast = useToast();
  const autojoined = useRef(false);

  const enter = useCallback(
    async (entrance: Entrance) => {
      setStage({ at: 'joining', room: entrance.room });
      try {
        const room = await TritoneRoom.join(entrance);
        window.tritone = room;
        // Reloading, and leaving, leads to the lobby of this room; a kiosk's link stays as it is.
        if (!arrival.autojoin) history.replaceState(null, '', roomLink(entrance.room));
        settleLanguage(room);
        const devices = new CallDevices(room);
        void devices.start(entrance);
        room.events.on('connection', (status) => {
          if (status.state !== 'ended') return;
          devices.close();
          setStage({ at: 'ended', room: entrance.room, error: status.error });
        });
        setStage({ at: 'call', room, devices });
      } catch (cause) {
        entrance.microphone?.close();
        entrance.camera?.close();
        toast(TritoneError.from(cause, 'internal').message, 'error');
        setStage({ at: 'lobby' });
      }
    },
    [toast],
  );

  useEffect(() => {
    if (!arrival.autojoin || autojoined.current) return;
    autojoined.current = true;
    void enter({
      room: arrival.room ?? '',
      name: arrival.name ?? (settings.current.name || 'Guest'),
      language: arrival.language ?? settings.current.language,
      captionLanguage: arrival.captions ?? settings.current.captionLanguage,
      microphoneOn: arrival.microphone ?? true,
      cameraOn: arrival.camera ?? true,
    });
  }, [enter]);

  switch (stage.at) {
    case 'lobby':
      return <Lobby link={readDeepLink(globalThis.location.search)} onEnter={(entrance) => void enter(entrance)} />;
    case 'joining':
      return <Joining room={stage.room} />;
    case 'call':
      return <Call room={stage.room} devices={stage.devices} />;
    case 'ended':
      return <Ended room={stage.room} error={stage.error} onLobby={() => setStage({ at: 'lobby' })} />;
  }
}
