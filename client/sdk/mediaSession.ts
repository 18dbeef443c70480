import { Device, type types } from 'mediasoup-client';
import { TritoneError } from '../../shared/errors.ts';
import { AudioOutput } from './audioOutput.ts';
import { Emitter } from './emitter.ts';
import { MediaConnection } from './mediaConnection.ts';
import { Publisher } from './publisher.ts';
import type { Signaling } from './signaling.ts';
import { Subscriber } from './subscriber.ts';
import { pause } from './withDeadline.ts';

const RETRY_MS = 1_000;
const RETRY_MAX_MS = 8_000;

/** Everything sent and received. Makes its transports anew as often as that is needed. */
export class MediaSession {
  readonly events = new Emitter<{ error: [error: TritoneError] }>();
  readonly output = new AudioOutput();
  readonly publisher: Publisher;
  readonly subscriber: Subscriber;
  readonly #signaling: Signaling;
  readonly #device: types.Device;
  #connection: MediaConnection | undefined;
  /** Aborts when other transports are being made. */
  #building = new AbortController();

  /** @throws TritoneError `browser.unsupported` */
  constructor(signaling: Signaling) {
    try {
      this.#device = new Device();
    } catch (cause) {
      throw new TritoneError('browser.unsupported', { problem: 'it has no WebRTC that Tritone knows' }, { cause });
    }
    this.#signaling = signaling;
    this.publisher = new Publisher(signaling);
    this.subscriber = new Subscriber(signaling, this.output);
    signaling.events.on('media:reset', () => void this.rebuild());
  }

  /** @throws TritoneError `browser.unsupported` */
  async load(routerRtpCapabilities: Record<string, unknown>): Promise<void> {
    if (this.#device.loaded) return;
    try {
      await this.#device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    } catch (cause) {
      throw new TritoneError('browser.unsupported', { problem: 'no codec is shared' }, { cause });
    }
  }

  /** Makes both transports anew and everything on them; tries until it works or the signaling is gone. Never rejects. */
  async rebuild(afterMs = 0): Promise<void> {
    this.detach();
    const { signal } = this.#building;
    if (afterMs > 0) await pause(afterMs, signal);
    for (let waitMs = RETRY_MS; !signal.aborted && this.#signaling.connected; waitMs *= 2) {
      try {
        return await this.#build(signal);
      } catch (cause) {
        if (signal.aborted) return;
        const error = TritoneError.from(cause, 'media.unavailable');
        this.events.emit('error', error);
        if (!error.retryable) return;
        await pause(Math.min(waitMs, RETRY_MAX_MS), signal);
      }
    }
  }

  /** The server has kept the transports: the path to them may be another. `heldTrackIds`: what it holds of this page. */
  async resume(heldTrackIds: readonly string[]): Promise<void> {
    if (this.#connection === undefined) return this.rebuild();
    this.#connection.restartIce();
    this.subscriber.resume();
    await this.publisher.resume(heldTrackIds);
  }

  /** The transports are gone, or belong to another call. What is sent and received waits for others. */
  detach(): void {
    this.#building.abort();
    this.#building = new AbortController();
    this.publisher.detach();
    this.subscriber.detach();
    this.#connection?.close();
    this.#connection = undefined;
  }

  close(): void {
    this.detach();
    this.#building.abort();
    this.output.close();
  }

  async #build(signal: AbortSignal): Promise<void> {
    const beganAtMs = performance.now();
    const connection = await MediaConnection.open({
      signaling: this.#signaling,
      device: this.#device,
      // At once, unless these were hardly made: a server that loses each of them is not asked without end.
      onLost: () => void this.rebuild(performance.now() - beganAtMs < RETRY_MS ? RETRY_MS : 0),
    });
    if (signal.aborted) return connection.close();
    this.#connection?.close();
    this.#connection = connection;
    this.subscriber.moveTo(connection);
    await this.publisher.moveTo(connection);
  }
}
