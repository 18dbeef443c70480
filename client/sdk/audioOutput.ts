import { deviceError } from './deviceError.ts';
import { Emitter } from './emitter.ts';

/** Plays the other participants' sound. A browser that wants a touch first is `blocked` until `start`. */
export class AudioOutput {
  readonly events = new Emitter<{ blocked: [blocked: boolean] }>();
  readonly #elements = new Map<MediaStreamTrack, HTMLAudioElement>();
  #deviceId = '';
  #blocked = false;

  get blocked(): boolean {
    return this.#blocked;
  }

  play(track: MediaStreamTrack): void {
    const element = new Audio();
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    this.#elements.set(track, element);
    if (this.#deviceId !== '') void element.setSinkId(this.#deviceId).catch(() => {});
    void this.#start(element);
  }

  stop(track: MediaStreamTrack): void {
    const element = this.#elements.get(track);
    this.#elements.delete(track);
    if (element !== undefined) element.srcObject = null;
  }

  /** To be called from a click or a key: browsers allow sound then. */
  async start(): Promise<void> {
    this.#setBlocked(false);
    await Promise.all([...this.#elements.values()].map((element) => this.#start(element)));
  }

  /** @throws TritoneError `device.not_found`, `device.denied`, `device.failed` */
  async use(deviceId: string): Promise<void> {
    this.#deviceId = deviceId;
    try {
      await Promise.all([...this.#elements.values()].map((element) => element.setSinkId(deviceId)));
    } catch (cause) {
      throw deviceError(cause, 'speaker');
    }
  }

  close(): void {
    for (const track of [...this.#elements.keys()]) this.stop(track);
  }

  /** Settles late where nothing arrives yet: nobody may wait for it before the server's side has been resumed. */
  async #start(element: HTMLAudioElement): Promise<void> {
    try {
      await element.play();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotAllowedError') this.#setBlocked(true);
    }
  }

  #setBlocked(blocked: boolean): void {
    if (blocked === this.#blocked) return;
    this.#blocked = blocked;
    this.events.emit('blocked', blocked);
  }
}
