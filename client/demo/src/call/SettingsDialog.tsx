import { type ParticipantChange, TritoneError, type TritoneRoom } from '../../../sdk/index.ts';
import { useDevices } from '../hooks/useDevices.ts';
import { useRoom, useSettings } from '../hooks/useLive.ts';
import { type CaptionPosition, type CaptionSize, settings } from '../lib/settings.ts';
import { DeviceSelect } from '../ui/DeviceSelect.tsx';
import { Dialog } from '../ui/Dialog.tsx';
import { Checkbox, Choice } from '../ui/Field.tsx';
import { Icon } from '../ui/Icon.tsx';
import { LanguageSelect } from '../ui/LanguageSelect.tsx';
import { ReadingSelect } from '../ui/ReadingSelect.tsx';
import { useToast } from '../ui/Toasts.tsx';
import type { CallDevices } from './callDevices.ts';

interface SettingsDialogProps {
  room: TritoneRoom;
  devices: CallDevices;
  onClose: () => void;
  onShortcuts: () => void;
}

const sizes: readonly { value: CaptionSize; label: string }[] = [
  { value: 'small', label: 'Small' },
  { value: 'medium', label: 'Medium' },
  { value: 'large', label: 'Large' },
  { value: 'huge', label: 'Huge' },
];

const positions: readonly { value: CaptionPosition; label: string }[] = [
  { value: 'bottom', label: 'Bottom of the tile' },
  { value: 'top', label: 'Top of the tile' },
];

export function SettingsDialog({ room, devices, onClose, onShortcuts }: SettingsDialogProps) {
  const current = useSettings();
  const tracks = useRoom(room, 'localTracks', ({ localTracks }) => localTracks);
  const list = useDevices(tracks);
  const { languages, translations } = useRoom(room, 'captionsStatus', ({ captionsStatus }) => captionsStatus);
  const reading = useRoom(room, 'state', ({ captionLanguage }) => captionLanguage);
  const language = useRoom(
    room,
    'state',
    ({ state, participantId }) => state.participants.get(participantId)?.language,
  );
  const toast = useToast();
  const update = (change: ParticipantChange) => {
    settings.change(change);
    room.update(change).catch((cause: unknown) => toast(TritoneError.from(cause, 'internal').message, 'error'));
  };
  return (
    <Dialog title="Settings" onClose={onClose}>
      <LanguageSelect
        languages={languages}
        value={language ?? current.language}
        onChange={(tag) => update({ language: tag })}
      />
      <ReadingSelect translations={translations} value={reading} onChange={(tag) => update({ captionLanguage: tag })} />
      {reading !== 'original' && (
        <Checkbox
          label="Show the original below"
          checked={current.bilingual}
          onChange={(bilingual) => settings.change({ bilingual })}
        />
      )}
      <Choice
        legend="Caption size"
        value={current.captionSize}
        options={sizes}
        onChange={(captionSize) => settings.change({ captionSize })}
      />
      <Choice
        legend="Caption position"
        value={current.captionPosition}
        options={positions}
        onChange={(captionPosition) => settings.change({ captionPosition })}
      />
      <Checkbox
        label="Tell screen readers what is said"
        checked={current.captionsAnnounced}
        onChange={(captionsAnnounced) => settings.change({ captionsAnnounced })}
      />
      <hr />
      <DeviceSelect
        label="Microphone"
        devices={list.microphones}
        value={devices.deviceId('microphone')}
        onChange={(deviceId) => devices.choose('microphone', deviceId)}
      />
      <Checkbox
        label="Take out echo and noise"
        checked={current.voiceProcessing}
        onChange={(voiceProcessing) => devices.setVoiceProcessing(voiceProcessing)}
      />
      <DeviceSelect
        label="Camera"
        devices={list.cameras}
        value={devices.deviceId('camera') ?? current.cameraId}
        onChange={(deviceId) => devices.choose('camera', deviceId)}
      />
      {list.speakers.length > 0 && (
        <DeviceSelect
          label="Speaker"
          devices={list.speakers}
          value={current.speakerId}
          onChange={(deviceId) => devices.chooseSpeaker(deviceId)}
        />
      )}
      <hr />
      <Checkbox
        label="Single-key shortcuts"
        checked={current.shortcuts}
        onChange={(shortcuts) => settings.change({ shortcuts })}
      />
      <button type="button" className="secondary" onClick={onShortcuts}>
        <Icon name="keyboard" size={18} /> Show the shortcuts
      </button>
    </Dialog>
  );
}
