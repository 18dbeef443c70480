import { useCallback, useEffect, useRef, useState } from 'react';
import { Capture, TritoneError } from '../../../sdk/index.ts';
import { openMicrophone } from '../lib/openMicrophone.ts';
import { settings } from '../lib/settings.ts';

type Device = 'microphone' | 'camera';

export interface PreviewDevice {
  readonly on: boolean;
  readonly track: MediaStreamTrack | undefined;
  readonly deviceId: string | undefined;
  /** Why it is not there, for people. */
  readonly problem: string | undefined;
  setOn(on: boolean): void;
  choose(deviceId: string): void;
  /** Hands the open device over: the lobby does not close it any more. */
  take(): Capture | undefined;
}

const keys = {
  microphone: { on: 'microphoneOn', id: 'microphoneId' },
  camera: { on: 'cameraOn', id: 'cameraId' },
} as const;

/** One device as tried in the lobby. Remembers the choice. */
export function usePreview(device: Device, initiallyOn: boolean | undefined): PreviewDevice {
  const [on, setOn] = useState(initiallyOn ?? settings.current[keys[device].on]);
  const [track, setTrack] = useState<MediaStreamTrack>();
  const [problem, setProblem] = useState<string>();
  const capture = useRef<Capture>(undefined);

  useEffect(() => {
    if (!on) return;
    const closed = new AbortController();
    const deviceId = settings.current[keys[device].id] || undefined;
    const opening = device === 'microphone' ? openMicrophone() : Capture.camera({ deviceId });
    opening.then(
      (opened) => {
        if (closed.signal.aborted) return opened.close();
        capture.current = opened;
        opened.events.on('replaced', setTrack);
        opened.events.on('lost', () => setTrack(undefined));
        setProblem(undefined);
        setTrack(opened.track);
      },
      (cause: unknown) => {
        if (!closed.signal.aborted) setProblem(TritoneError.from(cause, 'device.failed', { device }).message);
      },
    );
    return () => {
      closed.abort();
      capture.current?.close();
      capture.current = undefined;
      setTrack(undefined);
    };
  }, [on, device]);

  const choose = useCallback(
    (deviceId: string) => {
      settings.change({ [keys[device].id]: deviceId });
      capture.current
        ?.use(deviceId)
        .catch((cause: unknown) => setProblem(TritoneError.from(cause, 'device.failed', { device }).message));
    },
    [device],
  );

  return {
    on,
    track,
    deviceId: track?.getSettings().deviceId,
    problem: on ? problem : undefined,
    setOn: (wanted) => {
      settings.change({ [keys[device].on]: wanted });
      setOn(wanted);
    },
    choose,
    take: () => {
      const taken = capture.current;
      capture.current = undefined;
      return taken;
    },
  };
}
