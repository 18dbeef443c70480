import { useEffect, useState } from 'react';
import type { TritoneRoom } from '../../../sdk/index.ts';
import { useRoom, useSettings } from '../hooks/useLive.ts';
import { useShortcuts } from '../hooks/useShortcuts.ts';
import { settings } from '../lib/settings.ts';
import { Icon } from '../ui/Icon.tsx';
import { useToast } from '../ui/Toasts.tsx';
import { CallHeader } from './CallHeader.tsx';
import { Controls } from './Controls.tsx';
import type { CallDevices } from './callDevices.ts';
import { LiveRegion } from './LiveRegion.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { Stage } from './Stage.tsx';
import { TranscriptPanel } from './TranscriptPanel.tsx';
import { useCopyLink } from './useCopyLink.ts';

interface CallProps {
  room: TritoneRoom;
  devices: CallDevices;
}

const WIDE = '(min-width: 900px)';

export function Call({ room, devices }: CallProps) {
  const { captionSize, captionPosition, captionsAnnounced, captionsShown, shortcuts } = useSettings();
  const [transcriptOpen, setTranscriptOpen] = useState(() => matchMedia(WIDE).matches);
  const [dialog, setDialog] = useState<'settings' | 'shortcuts'>();
  const audioBlocked = useRoom(room, 'audioBlocked', ({ audioBlocked }) => audioBlocked);
  const copyLink = useCopyLink(room.name);
  useNotices(room, devices);
  useEffect(() => {
    document.title = `${room.name} · Tritone`;
    return () => {
      document.title = 'Tritone';
    };
  }, [room]);
  useShortcuts(shortcuts, {
    m: () => devices.toggleMicrophone(),
    v: () => devices.toggleCamera(),
    s: () => devices.toggleScreen(),
    c: () => settings.change({ captionsShown: !settings.current.captionsShown }),
    t: () => setTranscriptOpen((open) => !open),
    l: copyLink.copy,
    '?': () => setDialog('shortcuts'),
  });

  return (
    <div
      className="call"
      data-transcript={transcriptOpen}
      data-caption-size={captionSize}
      data-caption-position={captionPosition}
    >
      <CallHeader room={room} copyLink={copyLink} />
      <main className="call-main" aria-label="Participants">
        <Stage room={room} captionsShown={captionsShown} copyLink={copyLink} />
        {audioBlocked && (
          <button
            type="button"
            className="tap-to-hear"
            data-testid="tap-to-hear"
            onClick={() => void room.startAudio()}
          >
            <Icon name="speaker" size={28} /> Tap to hear the others
          </button>
        )}
      </main>
      {transcriptOpen && <TranscriptPanel room={room} onClose={() => setTranscriptOpen(false)} />}
      <Controls
        room={room}
        devices={devices}
        transcriptOpen={transcriptOpen}
        onTranscript={() => setTranscriptOpen(!transcriptOpen)}
        onSettings={() => setDialog('settings')}
      />
      {captionsAnnounced && <LiveRegion room={room} />}
      {dialog === 'settings' && (
        <SettingsDialog
          room={room}
          devices={devices}
          onClose={() => setDialog(undefined)}
          onShortcuts={() => setDialog('shortcuts')}
        />
      )}
      {dialog === 'shortcuts' && <ShortcutsDialog onClose={() => setDialog(undefined)} />}
    </div>
  );
}

/** What happens beside the call becomes a toast. */
function useNotices(room: TritoneRoom, devices: CallDevices): void {
  const toast = useToast();
  useEffect(() => {
    const stops = [
      room.events.on('error', (error) => toast(error.message, 'error')),
      devices.events.on('problem', (error) => toast(`${error.message}. The call goes on without it.`, 'error')),
      devices.events.on('notice', (text) => toast(text)),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [room, devices, toast]);
}
