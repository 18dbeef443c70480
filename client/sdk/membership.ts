import { TritoneError } from '../../shared/errors.ts';
import type { RequestValue } from '../../shared/protocol.ts';
import { CallLog } from './callLog.ts';
import { Emitter } from './emitter.ts';
import type { RoomState } from './roomState.ts';
import { ServerClock } from './serverClock.ts';
import type { Signaling } from './signaling.ts';
import { pause, withDeadline } from './withDeadline.ts';

export type ConnectionStatus =
  | { readonly state: 'connecting' }
  | { readonly state: 'connected' }
  /** The connection is gone and comes back by itself. */
  | { readonly state: 'reconnecting' }
  /** For good. Without an error the page has left. */
  | { readonly state: 'ended'; readonly error?: TritoneError };

/** What one may change of oneself while in a call. */
export interface ParticipantChange {
  readonly name?: string;
  /** Spoken: a tag, or `auto`. */
  readonly language?: string;
  /** Read: a tag, or `original`. */
  readonly captionLanguage?: string;
}

export type Joined = RequestValue<'room:join'>;

export interface MembershipEvents {
  status: [status: ConnectionStatus];
  /** After the first join and after each return. */
  entered: [answer: Joined];
  state: [state: RoomState];
}

export interface MembershipOptions {
  signaling: Signaling;
  room: string;
  name: string;
  language: string;
  captionLanguage: string;
  /** ms for the first join. */
  joinDeadlineMs: number;
  /** ms that a lost connection is tried for. */
  returnDeadlineMs: number;
}

const RETRY_MS = 1_000;
const CLOCK_READINGS = 3;
const CLOCK_PERIOD_MS = 30_000;
const LEAVE_DEADLINE_MS = 1_000;

/** Being in a call: joins, returns after a drop as the same participant, keeps the log and the clock. */
export class Membership {
  readonly events = new Emitter<MembershipEvents>();
  readonly clock = new ServerClock();
  readonly #options: MembershipOptions;
  readonly #signaling: Signaling;
  readonly #log = new CallLog();
  #status: ConnectionStatus = { state: 'connecting' };
  #joined: Joined | undefined;
  #name: string;
  #language: string;
  #captionLanguage: string;
  /** Aborts when the connection that it belongs to is gone. */
  #connection = new AbortController();
  #returnTimer: ReturnType<typeof setTimeout> | undefined;
  /** The connection was made anew since the last join, because the server took this one to have joined. */
  #renewed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#signaling = options.signaling;
    this.#name = options.name;
    this.#language = options.language;
    this.#captionLanguage = options.captionLanguage;
    const { events } = this.#signaling;
    events.on('connected', () => void this.#enter());
    events.on('disconnected', () => this.#away());
    events.on('refused', (error) => this.end(error));
    events.on('ended', (body) =>
      this.end(TritoneError.fromBody({ ...body, code: body.code as TritoneError['code'], retryable: false })),
    );
    events.on('log', (notice) => this.events.emit('state', this.#log.read(notice)));
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** What captions are read in: a tag, or `original`. */
  get captionLanguage(): string {
    return this.#captionLanguage;
  }

  get state(): RoomState {
    return this.#log.state;
  }

  /** Undefined before the first join. */
  get joined(): Joined | undefined {
    return this.#joined;
  }

  /** @throws TritoneError `connection.unreachable`, or the server's no */
  join(): Promise<Joined> {
    const entered = new Promise<Joined>((resolve, reject) => {
      this.events.on('entered', resolve);
      this.events.on('status', (status) => {
        if (status.state === 'ended') reject(status.error ?? new TritoneError('connection.lost'));
      });
    });
    const late = () => {
      const error = new TritoneError('connection.unreachable');
      this.end(error);
      return error;
    };
    return withDeadline(this.#options.joinDeadlineMs, entered, late);
  }

  /** @throws TritoneError `connection.lost`; a change made while away is sent with the next join */
  async update(change: ParticipantChange): Promise<void> {
    this.#name = change.name ?? this.#name;
    this.#language = change.language ?? this.#language;
    this.#captionLanguage = change.captionLanguage ?? this.#captionLanguage;
    await this.#signaling.request('participant:update', change);
  }

  /** Tells the server, waits 1 s at most for its answer. Never rejects. */
  async leave(): Promise<void> {
    if (this.#status.state === 'connected') {
      const told = this.#signaling.request('room:leave', {}).catch(() => {});
      await withDeadline(LEAVE_DEADLINE_MS, told, () => undefined).catch(() => {});
    }
    this.end();
  }

  /** For a page that goes away this moment. */
  leaveAtOnce(): void {
    this.#signaling.tell('room:leave', {});
    this.end();
  }

  end(error?: TritoneError): void {
    if (this.#status.state === 'ended') return;
    clearTimeout(this.#returnTimer);
    this.#connection.abort();
    this.#signaling.close();
    this.#setStatus(error === undefined ? { state: 'ended' } : { state: 'ended', error });
  }

  async #enter(): Promise<void> {
    this.#connection.abort();
    this.#connection = new AbortController();
    const { signal } = this.#connection;
    while (!signal.aborted) {
      try {
        const answer = await this.#ask();
        if (signal.aborted) return;
        this.#accept(answer);
        void this.#keepClock(signal);
        return;
      } catch (cause) {
        if (signal.aborted) return;
        const error = TritoneError.from(cause, 'internal');
        // An attempt whose answer was lost may have taken the seat of this connection: another one is free.
        if (error.code === 'room.already_joined' && !this.#renewed) {
          this.#renewed = true;
          return this.#signaling.renew();
        }
        if (!error.retryable || this.#joined === undefined) return this.end(error);
        await pause(RETRY_MS, signal);
      }
    }
  }

  async #ask(): Promise<Joined> {
    this.#log.beginJoin();
    const askedAtMs = this.clock.localMs();
    const { since } = this.#log;
    const answer = await this.#signaling.request('room:join', {
      room: this.#options.room,
      name: this.#name,
      language: this.#language,
      captionLanguage: this.#captionLanguage,
      ...(since === undefined ? {} : { since }),
      ...(this.#joined === undefined ? {} : { resumeToken: this.#joined.resumeToken }),
    });
    if (answer.callId !== this.#joined?.callId) this.clock.reset();
    this.clock.add(askedAtMs, this.clock.localMs(), answer.nowMs);
    return answer;
  }

  #accept(answer: Joined): void {
    clearTimeout(this.#returnTimer);
    this.#returnTimer = undefined;
    this.#renewed = false;
    this.#joined = answer;
    const state = this.#log.accept(answer);
    this.#setStatus({ state: 'connected' });
    this.events.emit('entered', answer);
    this.events.emit('state', state);
  }

  #away(): void {
    this.#connection.abort();
    this.#log.beginJoin();
    if (this.#joined === undefined || this.#status.state === 'ended') return;
    this.#setStatus({ state: 'reconnecting' });
    this.#returnTimer ??= setTimeout(
      () => this.end(new TritoneError('connection.unreachable')),
      this.#options.returnDeadlineMs,
    );
  }

  /** The join's own reading is the slowest of all: a few more at once, then one now and then against drift. */
  async #keepClock(signal: AbortSignal): Promise<void> {
    for (let reading = 0; !signal.aborted; reading += 1) {
      const askedAtMs = this.clock.localMs();
      const answer = await this.#signaling.request('clock:read', {}).catch(() => undefined);
      if (answer !== undefined && !signal.aborted) this.clock.add(askedAtMs, this.clock.localMs(), answer.nowMs);
      await pause(reading < CLOCK_READINGS ? 200 : CLOCK_PERIOD_MS, signal);
    }
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.events.emit('status', status);
  }
}
