import { io, type Socket } from 'socket.io-client';
import { type ErrorBody, TritoneError } from '../../shared/errors.ts';
import { PROTOCOL_VERSION } from '../../shared/limits.ts';
import type { Answer, Notice, NoticeName, RequestInput, RequestName, RequestValue } from '../../shared/protocol.ts';
import { Emitter } from './emitter.ts';

type NoticeEvents = { [N in NoticeName]: [notice: Notice<N>] };

export interface SignalingEvents extends NoticeEvents {
  connected: [];
  /** Connects again by itself until closed. */
  disconnected: [];
  /** The server does not take this page (protocol, token): there is no use in trying again. */
  refused: [error: TritoneError];
}

const noticeNames: readonly NoticeName[] = [
  'log',
  'active-speaker',
  'media:reset',
  'consumer:closed',
  'consumer:score',
  'track:score',
  'captions:status',
  'ended',
];

const REQUEST_DEADLINE_MS = 8_000;
/** socket.io does not try again by itself after the server's own no. */
const RETRY_REFUSED_MS = 1_000;

export interface SignalingOptions {
  /** http(s) origin of the server. */
  url: string;
  token?: string | undefined;
  /** ms until a request fails with `connection.timeout`. */
  requestDeadlineMs?: number;
}

/** The server's door: requests with answers, notices as events. Comes back by itself after a drop. */
export class Signaling {
  readonly events = new Emitter<SignalingEvents>();
  readonly #socket: Socket;
  readonly #deadlineMs: number;
  #closed = false;

  constructor({ url, token, requestDeadlineMs = REQUEST_DEADLINE_MS }: SignalingOptions) {
    this.#deadlineMs = requestDeadlineMs;
    this.#socket = io(url, {
      auth: token === undefined ? { protocol: PROTOCOL_VERSION } : { protocol: PROTOCOL_VERSION, token },
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      forceNew: true,
      timeout: 5_000,
      reconnectionDelay: 250,
      reconnectionDelayMax: 3_000,
    });
    this.#socket.on('connect', () => this.events.emit('connected'));
    this.#socket.on('disconnect', (reason) => {
      this.events.emit('disconnected');
      if (reason === 'io server disconnect') setTimeout(() => this.reconnect(), RETRY_REFUSED_MS);
    });
    this.#socket.on('connect_error', (error: Error & { data?: unknown }) => {
      if (this.#socket.active) return; // a failed attempt: the next one is planned
      const refusal = isErrorBody(error.data)
        ? TritoneError.fromBody(error.data)
        : TritoneError.from(error, 'internal');
      if (refusal.retryable) setTimeout(() => this.reconnect(), RETRY_REFUSED_MS);
      else this.events.emit('refused', refusal);
    });
    for (const name of noticeNames) {
      this.#socket.on(name, (notice) => this.events.emit(name, notice));
    }
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  /**
   * Never queued: without a connection it fails at once, as what was queued would reach the server before the next join.
   * @throws TritoneError `connection.lost`, `connection.timeout`, or the server's own
   */
  async request<N extends RequestName>(name: N, payload: RequestInput<N>): Promise<RequestValue<N>> {
    if (!this.#socket.connected) throw new TritoneError('connection.lost');
    let answer: Answer<N>;
    try {
      answer = await this.#socket.timeout(this.#deadlineMs).emitWithAck(name, payload);
    } catch (cause) {
      if (!this.#socket.connected) throw new TritoneError('connection.lost', {}, { cause });
      throw new TritoneError('connection.timeout', { event: name, deadlineMs: this.#deadlineMs }, { cause });
    }
    if (!answer.ok) throw TritoneError.fromBody(answer.error);
    return answer.value;
  }

  /** Sends without waiting for the answer: for a page that is going away. */
  tell<N extends RequestName>(name: N, payload: RequestInput<N>): void {
    if (this.#socket.connected) this.#socket.emit(name, payload, () => {});
  }

  /** Tries at once instead of at the next turn of the back-off. */
  reconnect(): void {
    if (!this.#closed && !this.#socket.connected) this.#socket.connect();
  }

  /** Another connection in place of this one, whose seat the server has mixed up. `disconnected` follows, then `connected`. */
  renew(): void {
    if (this.#closed) return;
    this.#socket.disconnect();
    this.#socket.connect();
  }

  /** Twice is once. No event follows. */
  close(): void {
    this.#closed = true;
    this.events.clear();
    this.#socket.disconnect();
  }
}

function isErrorBody(data: unknown): data is ErrorBody {
  return typeof data === 'object' && data !== null && 'code' in data && 'message' in data;
}
