import { TritoneError } from '../../shared/errors.ts';
import { deviceError } from './deviceError.ts';

export interface DeviceList {
  readonly microphones: readonly MediaDeviceInfo[];
  readonly cameras: readonly MediaDeviceInfo[];
  /** Empty where the browser cannot choose one. */
  readonly speakers: readonly MediaDeviceInfo[];
}

const none: DeviceList = { microphones: [], cameras: [], speakers: [] };

/** Labels are empty until the page may use a device. Never rejects. */
export async function listDevices(): Promise<DeviceList> {
  const devices = await globalThis.navigator?.mediaDevices?.enumerateDevices().catch(() => undefined);
  if (devices === undefined) return none;
  const ofKind = (kind: MediaDeviceKind) => devices.filter((device) => device.kind === kind && device.deviceId !== '');
  return {
    microphones: ofKind('audioinput'),
    cameras: ofKind('videoinput'),
    speakers: 'setSinkId' in HTMLMediaElement.prototype ? ofKind('audiooutput') : [],
  };
}

/** Calls back when devices come or go; the answer stops it. */
export function watchDevices(changed: () => void): () => void {
  const { mediaDevices } = navigator;
  mediaDevices?.addEventListener('devicechange', changed);
  return () => mediaDevices?.removeEventListener('devicechange', changed);
}

/**
 * Asks for a screen, window or tab, and its sound where the browser offers that.
 * @throws TritoneError `device.denied` (also when the person cancels), `device.failed`
 */
export async function captureScreen(): Promise<{ video: MediaStreamTrack; audio: MediaStreamTrack | undefined }> {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({
      video: { frameRate: { ideal: 15, max: 30 } },
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const [video] = stream.getVideoTracks();
    if (video === undefined) throw new TritoneError('device.failed', { device: 'screen' });
    video.contentHint = 'detail';
    return { video, audio: stream.getAudioTracks()[0] };
  } catch (cause) {
    throw deviceError(cause, 'screen');
  }
}

export function canCaptureScreen(): boolean {
  return typeof globalThis.navigator?.mediaDevices?.getDisplayMedia === 'function';
}
