import { deviceError } from './deviceError.ts';
import { Emitter } from './emitter.ts';

export interface MicrophoneOptions {
  /** As `listDevices` gives it; the system's default without. */
  deviceId?: string | undefined;
  /** All three are on unless said otherwise. Music and measurements want them off. */
  echoCancellation?: boolean;
  noiseSuppression?: boolean;
  autoGainControl?: boolean;
}

export interface CameraOptions {
  deviceId?: string | undefined;
  /** Pixels, wished for; 1280 by 720 unless said otherwise. */
  width?: number;
  height?: number;
}

export interface CaptureEvents {
  /** Another track is in use: another device, or the same one plugged in again. */
  replaced: [track: MediaStreamTrack];
  /** The device is gone and there is no other. When one comes, `replaced` follows. */
  lost: [];
}

type Open = (deviceId: string | undefined) => Promise<MediaStreamTrack>;

/** An open microphone or camera that outlives its device: when that is unplugged another takes over. */
export class Capture {
  readonly events = new Emitter<CaptureEvents>();
  readonly kind: 'audio' | 'video';
  readonly #open: Open;
  readonly #closed = new AbortController();
  #track: MediaStreamTrack;
  #reopening = false;

  /** @throws TritoneError `device.denied`, `device.not_found`, `device.in_use`, `device.failed` */
  static async microphone(options: MicrophoneOptions = {}): Promise<Capture> {
    const { deviceId: wished, echoCancellation = true, noiseSuppression = true, autoGainControl = true } = options;
    const open: Open = (deviceId) =>
      openTrack('audio', {
        audio: {
          ...exactly(deviceId),
          echoCancellation,
          noiseSuppression,
          autoGainControl,
          channelCount: 1,
        },
      });
    return new Capture(open, await open(wished).catch((error) => another(open, wished, error)));
  }

  /** @throws TritoneError `device.denied`, `device.not_found`, `device.in_use`, `device.failed` */
  static async camera(options: CameraOptions = {}): Promise<Capture> {
    const { deviceId: wished, width = 1280, height = 720 } = options;
    const open: Open = (deviceId) =>
      openTrack('video', {
        video: { ...exactly(deviceId), width: { ideal: width }, height: { ideal: height }, frameRate: { ideal: 30 } },
      });
    return new Capture(open, await open(wished).catch((error) => another(open, wished, error)));
  }

  private constructor(open: Open, track: MediaStreamTrack) {
    this.#open = open;
    this.#track = track;
    this.kind = track.kind === 'audio' ? 'audio' : 'video';
    this.#watch(track);
    const { signal } = this.#closed;
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#reopenIfEnded(), { signal });
  }

  get track(): MediaStreamTrack {
    return this.#track;
  }

  get deviceId(): string | undefined {
    return this.#track.getSettings().deviceId;
  }

  /** Changes to another device; `replaced` follows. The former one stays in use where this fails. @throws TritoneError `device.*` */
  async use(deviceId: string): Promise<void> {
    if (deviceId === this.deviceId && this.#track.readyState === 'live') return;
    this.#take(await this.#open(deviceId));
  }

  /** Stops the device. Twice is once; no event follows. */
  close(): void {
    this.#closed.abort();
    this.events.clear();
    this.#track.stop();
  }

  #watch(track: MediaStreamTrack): void {
    track.addEventListener('ended', () => void this.#reopenIfEnded(), { once: true, signal: this.#closed.signal });
  }

  async #reopenIfEnded(): Promise<void> {
    if (this.#reopening || this.#track.readyState === 'live' || this.#closed.signal.aborted) return;
    this.#reopening = true;
    const track = await this.#open(undefined).catch(() => undefined);
    this.#reopening = false;
    if (track !== undefined) this.#take(track);
    else if (!this.#closed.signal.aborted) this.events.emit('lost');
  }

  #take(track: MediaStreamTrack): void {
    if (this.#closed.signal.aborted) {
      track.stop();
      return;
    }
    this.#track.stop();
    this.#track = track;
    this.#watch(track);
    this.events.emit('replaced', track);
  }
}

/** Any other device is better than none when the chosen one is gone or taken. */
async function another(open: Open, wished: string | undefined, error: unknown): Promise<MediaStreamTrack> {
  if (wished === undefined) throw error;
  return open(undefined);
}

function exactly(deviceId: string | undefined): MediaTrackConstraints {
  return deviceId === undefined || deviceId === '' ? {} : { deviceId: { exact: deviceId } };
}

async function openTrack(kind: 'audio' | 'video', constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
  const device = kind === 'audio' ? 'microphone' : 'camera';
  try {
    const stream = await navigator.mediaDevices.getUserMedia(constraints);
    const [track] = stream.getTracks();
    if (track === undefined) throw new DOMException('No track', 'NotFoundError');
    return track;
  } catch (cause) {
    throw deviceError(cause, device);
  }
}
