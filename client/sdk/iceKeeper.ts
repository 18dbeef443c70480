import type { types } from 'mediasoup-client';
import { TritoneError } from '../../shared/errors.ts';
import type { Door } from './teller.ts';
import { pause } from './withDeadline.ts';

/** A connection that is only shaky mends itself within this time. */
const PATIENCE_MS = 2_000;
/** From an ICE restart to `connected`. */
const MEND_DEADLINE_MS = 6_000;
const ATTEMPTS = 3;

export type KeptTransport = Pick<types.Transport, 'id' | 'connectionState' | 'restartIce' | 'on'>;

/** Watches one transport and restarts its ICE when the path is gone. Calls `lost` when that does not help. */
export class IceKeeper {
  readonly #transport: KeptTransport;
  readonly #signaling: Door;
  readonly #lost: () => void;
  readonly #closed = new AbortController();
  #mending = false;

  constructor(transport: KeptTransport, signaling: Door, lost: () => void) {
    this.#transport = transport;
    this.#signaling = signaling;
    this.#lost = lost;
    transport.on('connectionstatechange', (state) => {
      if (state === 'failed') void this.mend(0);
      else if (state === 'disconnected') void this.mend(PATIENCE_MS);
    });
  }

  /** Restarts ICE after `patienceMs`, unless the path has come back by itself by then. Never rejects. */
  async mend(patienceMs: number, evenIfConnected = false): Promise<void> {
    if (this.#mending || this.#closed.signal.aborted) return;
    this.#mending = true;
    await pause(patienceMs, this.#closed.signal);
    const mended = (!evenIfConnected && this.#usable) || (await this.#restart());
    this.#mending = false;
    if (!mended && !this.#closed.signal.aborted) this.#lost();
  }

  close(): void {
    this.#closed.abort();
  }

  get #usable(): boolean {
    return ['connected', 'new', 'connecting'].includes(this.#transport.connectionState);
  }

  /** True as well when the server cannot be asked: the return of the connection restarts ICE anyway. */
  async #restart(): Promise<boolean> {
    const { signal } = this.#closed;
    for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt += 1) {
      if (!this.#signaling.connected) return true;
      try {
        const transportId = this.#transport.id;
        const { iceParameters } = await this.#signaling.request('transport:restart-ice', { transportId });
        await this.#transport.restartIce({ iceParameters: iceParameters as types.IceParameters });
      } catch (cause) {
        // The server has given it up and its notice was missed: no attempt can help.
        if (TritoneError.from(cause, 'internal').code === 'media.transport_not_found') return false;
        await pause(PATIENCE_MS, signal);
        continue;
      }
      if (await this.#connects()) return true;
    }
    return false;
  }

  async #connects(): Promise<boolean> {
    const until = performance.now() + MEND_DEADLINE_MS;
    while (performance.now() < until && !this.#closed.signal.aborted) {
      await pause(250, this.#closed.signal);
      if (this.#transport.connectionState === 'connected' || this.#transport.connectionState === 'new') return true;
    }
    return false;
  }
}
