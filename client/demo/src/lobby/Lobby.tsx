import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { type CaptionsStatus, limits, watchCaptionsStatus } from '../../../sdk/index.ts';
import { useDevices } from '../hooks/useDevices.ts';
import type { DeepLink } from '../lib/deepLink.ts';
import { offeredLanguage } from '../lib/languages.ts';
import { inventRoomName, roomNameProblem, tidyRoomName } from '../lib/roomNames.ts';
import { settings } from '../lib/settings.ts';
import { DeviceSelect } from '../ui/DeviceSelect.tsx';
import { LanguageSelect } from '../ui/LanguageSelect.tsx';
import { Logo } from '../ui/Logo.tsx';
import { ReadingSelect } from '../ui/ReadingSelect.tsx';
import type { Entrance } from './entrance.ts';
import { Preview } from './Preview.tsx';
import { usePreview } from './usePreview.ts';

interface LobbyProps {
  link: DeepLink;
  onEnter: (entrance: Entrance) => void;
}

/** Who one is, where one goes, with which devices. */
export function Lobby({ link, onEnter }: LobbyProps) {
  const [name, setName] = useState(link.name ?? settings.current.name);
  const [room, setRoom] = useState(() => link.room ?? inventRoomName());
  const [wanted, setLanguage] = useState(link.language ?? settings.current.language);
  const [reading, setReading] = useState(link.captions ?? settings.current.captionLanguage);
  const [problem, setProblem] = useState<{ field: 'name' | 'room'; text: string }>();
  const captions = useCaptionsStatus();
  const language = offeredLanguage(wanted, captions.languages);
  const microphone = usePreview('microphone', link.microphone);
  const camera = usePreview('camera', link.camera);
  const devices = useDevices(microphone.track ?? camera.track);
  const ids = { name: useId(), room: useId(), problem: useId() };
  const form = useRef<HTMLFormElement>(null);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = findProblem(name, tidyRoomName(room));
    setProblem(found);
    if (found !== undefined) {
      form.current?.querySelector<HTMLInputElement>(`[name=${found.field}]`)?.focus();
      return;
    }
    settings.change({ name: name.trim(), language, captionLanguage: reading });
    onEnter({
      room: tidyRoomName(room),
      name: name.trim(),
      language,
      captionLanguage: reading,
      microphoneOn: microphone.on,
      cameraOn: camera.on,
      microphone: microphone.take(),
      camera: camera.take(),
    });
  };

  return (
    <main className="lobby">
      <header className="lobby-head">
        <h1>
          <Logo /> Tritone
        </h1>
        <p>
          A call in which everyone can read what is said, while it is said. <a href="/studio/">Studio</a>: a face with a
          voice for your call.
        </p>
      </header>
      <div className="lobby-body">
        <Preview name={name} microphone={microphone} camera={camera} />
        <form ref={form} className="lobby-form" onSubmit={submit} noValidate>
          <div className="field">
            <label htmlFor={ids.name}>Your name</label>
            <input
              id={ids.name}
              name="name"
              data-testid="lobby-name"
              value={name}
              maxLength={limits.nameLength}
              autoComplete="nickname"
              placeholder="As the others will see it"
              aria-invalid={problem?.field === 'name'}
              aria-describedby={problem?.field === 'name' ? ids.problem : undefined}
              onChange={(event) => setName(event.target.value)}
            />
          </div>
          <div className="field">
            <label htmlFor={ids.room}>Room</label>
            <input
              id={ids.room}
              name="room"
              data-testid="lobby-room"
              value={room}
              maxLength={limits.roomLength}
              autoComplete="off"
              spellCheck={false}
              aria-invalid={problem?.field === 'room'}
              aria-describedby={problem?.field === 'room' ? ids.problem : undefined}
              onChange={(event) => setRoom(event.target.value)}
            />
          </div>
          {problem !== undefined && (
            <p className="problem" id={ids.problem} role="alert">
              {problem.text}
            </p>
          )}
          <LanguageSelect languages={captions.languages} value={language} onChange={setLanguage} />
          <ReadingSelect translations={captions.translations} value={reading} onChange={setReading} />
          <details className="device-list">
            <summary>Devices</summary>
            <DeviceSelect
              label="Microphone"
              devices={devices.microphones}
              value={microphone.deviceId}
              onChange={microphone.choose}
            />
            <DeviceSelect label="Camera" devices={devices.cameras} value={camera.deviceId} onChange={camera.choose} />
            {devices.speakers.length > 0 && <SpeakerSelect devices={devices.speakers} />}
          </details>
          <button type="submit" className="primary" data-testid="join">
            Join
          </button>
          {captions.state === 'away' && (
            <p className="hint" role="status">
              Captions are away at the moment{captions.reason === undefined ? '' : `: ${captions.reason}`}. The call
              works; they come back by themselves.
            </p>
          )}
        </form>
      </div>
    </main>
  );
}

function SpeakerSelect({ devices }: { devices: readonly MediaDeviceInfo[] }) {
  const [speakerId, setSpeakerId] = useState(settings.current.speakerId);
  return (
    <DeviceSelect
      label="Speaker"
      devices={devices}
      value={speakerId}
      onChange={(deviceId) => {
        settings.change({ speakerId: deviceId });
        setSpeakerId(deviceId);
      }}
    />
  );
}

function useCaptionsStatus(): CaptionsStatus {
  const [status, setStatus] = useState<CaptionsStatus>({ state: 'starting', languages: [], translations: [] });
  useEffect(() => watchCaptionsStatus({}, setStatus), []);
  return status;
}

function findProblem(name: string, room: string): { field: 'name' | 'room'; text: string } | undefined {
  if (name.trim() === '') return { field: 'name', text: 'Tell the others your name' };
  const text = roomNameProblem(room);
  return text === undefined ? undefined : { field: 'room', text };
}
