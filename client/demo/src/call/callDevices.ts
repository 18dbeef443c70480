import {
  Capture,
  captureScreen,
  Emitter,
  type LocalTrack,
  TritoneError,
  type TritoneRoom,
} from '../../../sdk/index.ts';
import { openMicrophone } from '../lib/openMicrophone.ts';
import { settings } from '../lib/settings.ts';
import type { Entrance } from '../lobby/entrance.ts';

export interface CallDevicesEvents {
  problem: [error: TritoneError];
  /** A microphone or camera is gone, or another has taken over. A sentence for people. */
  notice: [text: string];
}

/** What the devices need of the call. */
export type DeviceRoom = Pick<TritoneRoom, 'localTrack' | 'publish' | 'setSpeaker'>;

type Start = Pick<Entrance, 'microphoneOn' | 'cameraOn' | 'microphone' | 'camera'>;

/** This machine's microphone, camera and screen in a call. What fails is told and leaves the call as it is. */
export class CallDevices {
  readonly events = new Emitter<CallDevicesEvents>();
  readonly #room: DeviceRoom;
  readonly #captures = new Map<'microphone' | 'camera', Capture>();
  #busy = new Set<string>();
  #closed = false;

  constructor(room: DeviceRoom) {
    this.#room = room;
  }

  /** Takes over what the lobby has opened and opens what else was wished for. */
  async start({ microphoneOn, cameraOn, microphone, camera }: Start): Promise<void> {
    const { speakerId } = settings.current;
    if (speakerId !== '') void this.#room.setSpeaker(speakerId).catch(() => {});
    // The microphone first: captions wait for it, and two prompts at once confuse.
    if (microphoneOn) await this.#attempt('microphone', () => this.#startMicrophone(microphone));
    else microphone?.close();
    if (cameraOn) await this.#attempt('camera', () => this.#startCamera(camera));
    else camera?.close();
  }

  microphoneTrack(): MediaStreamTrack | undefined {
    return this.#captures.get('microphone')?.track;
  }

  deviceId(device: 'microphone' | 'camera'): string | undefined {
    return this.#captures.get(device)?.deviceId;
  }

  /** The open microphone stays open while muted: unmuting takes no time. */
  toggleMicrophone(): void {
    const local = this.#room.localTrack('microphone');
    if (local === undefined) void this.#attempt('microphone', () => this.#startMicrophone(undefined));
    else if (local.muted) local.unmute();
    else local.mute();
    settings.change({ microphoneOn: local === undefined || !local.muted });
  }

  /** Off means off: its light goes out. */
  toggleCamera(): void {
    const local = this.#room.localTrack('camera');
    settings.change({ cameraOn: local === undefined });
    if (local === undefined) void this.#attempt('camera', () => this.#startCamera(undefined));
    else this.#stop('camera', local);
  }

  toggleScreen(): void {
    const local = this.#room.localTrack('screen');
    if (local === undefined) void this.#attempt('screen', () => this.#startScreen());
    else this.#stopScreen();
  }

  choose(device: 'microphone' | 'camera', deviceId: string): void {
    settings.change(device === 'microphone' ? { microphoneId: deviceId } : { cameraId: deviceId });
    void this.#attempt(device, async () => this.#captures.get(device)?.use(deviceId));
  }

  /** Browsers settle this when a microphone is opened: an open one is opened anew. */
  setVoiceProcessing(voiceProcessing: boolean): void {
    settings.change({ voiceProcessing });
    const local = this.#room.localTrack('microphone');
    if (local === undefined) return;
    this.#stop('microphone', local);
    if (!local.muted) void this.#attempt('microphone', () => this.#startMicrophone(undefined));
  }

  chooseSpeaker(deviceId: string): void {
    settings.change({ speakerId: deviceId });
    void this.#attempt('speaker', () => this.#room.setSpeaker(deviceId));
  }

  /** Lights go out. Twice is once. */
  close(): void {
    this.#closed = true;
    for (const capture of this.#captures.values()) capture.close();
    this.#captures.clear();
    for (const source of ['screen', 'screen-audio'] as const) this.#room.localTrack(source)?.mediaStreamTrack.stop();
    this.events.clear();
  }

  async #startMicrophone(opened: Capture | undefined): Promise<void> {
    await this.#publish('microphone', opened ?? (await openMicrophone()));
  }

  async #startCamera(opened: Capture | undefined): Promise<void> {
    const deviceId = settings.current.cameraId || undefined;
    await this.#publish('camera', opened ?? (await Capture.camera({ deviceId })));
  }

  async #publish(device: 'microphone' | 'camera', capture: Capture): Promise<void> {
    if (this.#closed) return capture.close();
    this.#captures.set(device, capture);
    capture.events.on('lost', () => this.events.emit('notice', `The ${device} was unplugged. Plug one in to go on.`));
    capture.events.on('replaced', ({ label }) =>
      this.events.emit('notice', `The ${device} is now ${label || 'another'}`),
    );
    try {
      const local = await this.#room.publish(capture.track, { source: device });
      local.follow(capture);
    } catch (error) {
      capture.close();
      this.#captures.delete(device);
      throw error;
    }
  }

  #stop(device: 'microphone' | 'camera', local: LocalTrack): void {
    local.close();
    this.#captures.get(device)?.close();
    this.#captures.delete(device);
  }

  async #startScreen(): Promise<void> {
    const { video, audio } = await captureScreen();
    const stop = () => {
      video.stop();
      audio?.stop();
      this.#stopScreen();
    };
    const isOver = () => this.#closed || video.readyState === 'ended';
    if (isOver()) return stop();
    // The browser's own "Stop sharing".
    video.addEventListener('ended', stop);
    try {
      await this.#room.publish(video, { source: 'screen' });
    } catch (error) {
      stop();
      throw error;
    }
    // Stopped, or the call over, while the server was asked.
    if (isOver()) return stop();
    if (audio === undefined) return;
    try {
      await this.#room.publish(audio, { source: 'screen-audio' });
    } catch (error) {
      audio.stop();
      throw error;
    }
    if (isOver()) stop();
  }

  #stopScreen(): void {
    for (const source of ['screen', 'screen-audio'] as const) {
      const local = this.#room.localTrack(source);
      local?.mediaStreamTrack.stop();
      local?.close();
    }
  }

  /** One attempt a device at a time: an impatient second click does nothing. */
  async #attempt(device: string, task: () => Promise<void>): Promise<void> {
    if (this.#busy.has(device)) return;
    this.#busy.add(device);
    try {
      await task();
    } catch (cause) {
      const error = TritoneError.from(cause, 'device.failed', { device });
      // Whoever cancels the screen picker knows that.
      if (device !== 'screen' || error.code !== 'device.denied') this.events.emit('problem', error);
    } finally {
      this.#busy.delete(device);
    }
  }
}
