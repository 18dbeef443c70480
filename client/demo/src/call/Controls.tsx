import { canCaptureScreen, type TritoneRoom } from '../../../sdk/index.ts';
import { useRoom, useSettings } from '../hooks/useLive.ts';
import { settings } from '../lib/settings.ts';
import { ControlButton } from './ControlButton.tsx';
import type { CallDevices } from './callDevices.ts';

interface ControlsProps {
  room: TritoneRoom;
  devices: CallDevices;
  transcriptOpen: boolean;
  onTranscript: () => void;
  onSettings: () => void;
}

export function Controls({ room, devices, transcriptOpen, onTranscript, onSettings }: ControlsProps) {
  const tracks = useRoom(room, 'localTracks', ({ localTracks }) => localTracks);
  const { captionsShown } = useSettings();
  const microphone = tracks.find(({ source }) => source === 'microphone');
  const heard = microphone !== undefined && !microphone.muted;
  const seen = tracks.some(({ source }) => source === 'camera');
  const sharing = tracks.some(({ source }) => source === 'screen');
  return (
    <footer className="controls">
      <section className="control-bar" aria-label="Call controls">
        <ControlButton
          testId="mute"
          icon={heard ? 'microphone' : 'microphone-off'}
          label={heard ? 'Mute the microphone' : 'Unmute the microphone'}
          caption={heard ? 'Mute' : 'Unmute'}
          shortcut="M"
          tone={heard ? 'plain' : 'off'}
          onClick={() => devices.toggleMicrophone()}
        />
        <ControlButton
          testId="camera"
          icon={seen ? 'camera' : 'camera-off'}
          label={seen ? 'Turn the camera off' : 'Turn the camera on'}
          caption="Camera"
          shortcut="V"
          tone={seen ? 'plain' : 'off'}
          onClick={() => devices.toggleCamera()}
        />
        {canCaptureScreen() && (
          <ControlButton
            testId="screen"
            icon={sharing ? 'screen-off' : 'screen'}
            label={sharing ? 'Stop sharing the screen' : 'Share the screen'}
            caption={sharing ? 'Stop sharing' : 'Share'}
            shortcut="S"
            tone={sharing ? 'on' : 'plain'}
            onClick={() => devices.toggleScreen()}
          />
        )}
        <ControlButton
          testId="captions"
          icon="captions"
          label="Captions on the tiles"
          caption="Captions"
          shortcut="C"
          tone={captionsShown ? 'on' : 'plain'}
          pressed={captionsShown}
          onClick={() => settings.change({ captionsShown: !captionsShown })}
        />
        <ControlButton
          testId="transcript"
          icon="transcript"
          label="Transcript"
          caption="Transcript"
          shortcut="T"
          tone={transcriptOpen ? 'on' : 'plain'}
          pressed={transcriptOpen}
          onClick={onTranscript}
        />
        <ControlButton testId="settings" icon="settings" label="Settings" caption="Settings" onClick={onSettings} />
        <ControlButton
          testId="leave"
          icon="leave"
          label="Leave the call"
          caption="Leave"
          tone="danger"
          onClick={() => void room.leave()}
        />
      </section>
    </footer>
  );
}
