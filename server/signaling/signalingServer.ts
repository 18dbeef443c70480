import type { Server as HttpServer, IncomingHttpHeaders } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import { Server, type Socket } from 'socket.io';
import { TritoneError } from '../../shared/errors.ts';
import { type CaptionsStatus, handshakeSchema, limits, PROTOCOL_VERSION } from '../../shared/protocol.ts';
import type { Authenticate, Identity } from '../rooms/identity.ts';
import type { RoomRegistry } from '../rooms/roomRegistry.ts';
import type { Log } from '../streams/log.ts';
import type { Histogram, Metrics } from '../streams/metrics.ts';
import { answer } from './dispatch.ts';
import { RequestRate } from './requestRate.ts';
import { type Connection, Session } from './session.ts';

/** A page whose connection has this many messages waiting counts as slow. */
const SLOW_AT_MESSAGES = 16;
/** Around the 45 ms that viewers begin to notice (ITU-R BT.1359: sound 45 ms early to 125 ms late). */
const SKEW_BUCKETS_MS = [-250, -125, -80, -45, -25, -10, 0, 10, 25, 45, 80, 125, 250];

export interface SignalingOptions {
  rooms: RoomRegistry;
  authenticate: Authenticate;
  captionsStatus: () => CaptionsStatus;
  log: Log;
  metrics: Metrics;
}

/** The door for browsers: socket.io. Checks the handshake, gives each connection a session. */
export class SignalingServer {
  readonly #io: Server;
  readonly #options: SignalingOptions;
  readonly #playoutSkewMs: Histogram;
  #attached = false;

  constructor(options: SignalingOptions) {
    this.#options = options;
    this.#playoutSkewMs = options.metrics.histogram(
      'tritone_playout_skew_ms',
      "How much later an avatar's picture plays at a viewer than its sound, as browsers report it",
      SKEW_BUCKETS_MS,
    );
    this.#io = new Server({
      // Above this the connection is cut; what is only too large for us is answered (see #serve).
      maxHttpBufferSize: 8 * limits.messageBytes,
      pingInterval: 5_000,
      pingTimeout: 5_000,
      serveClient: false,
      allowRequest: (request, answer) => answer(null, isSameOrigin(request.headers)),
    });
    this.#io.use((socket, next) => {
      this.#greet(socket).then(
        () => next(),
        (cause: unknown) =>
          next(
            Object.assign(TritoneError.from(cause, 'internal'), {
              data: TritoneError.from(cause, 'internal').toBody(),
            }),
          ),
      );
    });
    this.#io.on('connection', (socket) => this.#serve(socket));
  }

  attachTo(server: HttpServer | HttpsServer): void {
    this.#io.attach(server);
    this.#attached = true;
  }

  /** To every page, joined or not. */
  announce(status: CaptionsStatus): void {
    this.#io.emit('captions:status', status);
  }

  close(): void {
    this.#io.disconnectSockets(true);
    if (this.#attached) this.#io.engine.close();
  }

  async #greet(socket: Socket): Promise<void> {
    const handshake = handshakeSchema.safeParse(socket.handshake.auth);
    if (!handshake.success)
      throw new TritoneError('request.invalid', { problem: 'the handshake has no protocol version' });
    const { protocol, token } = handshake.data;
    if (protocol !== PROTOCOL_VERSION)
      throw new TritoneError('protocol.version', { client: protocol, server: PROTOCOL_VERSION });
    socket.data = { identity: await this.#options.authenticate(token) };
  }

  #serve(socket: Socket): void {
    const { rooms, captionsStatus, log } = this.#options;
    const { identity } = socket.data as { identity: Identity };
    const session = new Session({
      identity,
      rooms,
      captionsStatus,
      connection: connectionOf(socket),
      playoutSkewMs: this.#playoutSkewMs,
    });
    const rate = new RequestRate();
    const sessionLog = log.child({ socketId: socket.id });
    socket.onAny((name: unknown, ...args: unknown[]) => {
      const reply = args.at(-1);
      const acknowledge = typeof reply === 'function' ? (reply as (answer: unknown) => void) : () => {};
      const payload = typeof reply === 'function' && args.length === 1 ? undefined : args[0];
      if (!rate.admits(performance.now())) {
        acknowledge({ ok: false, error: new TritoneError('request.too_many').toBody() });
        return;
      }
      if (sizeOf(payload) > limits.messageBytes) {
        const limit = `${limits.messageBytes / 1024} KiB`;
        acknowledge({ ok: false, error: new TritoneError('request.too_large', { limit }).toBody() });
        return;
      }
      void answer(session.handlers, String(name), payload, sessionLog).then(acknowledge);
    });
    socket.on('disconnect', () => session.close());
    socket.emit('captions:status', captionsStatus());
  }
}

/**
 * A page of another site must not join calls through its visitor's browser: websockets know no CORS. Programs send no
 * Origin and are let in.
 */
function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Characters of the payload as JSON, which is how it came. */
function sizeOf(payload: unknown): number {
  return payload === undefined ? 0 : (JSON.stringify(payload)?.length ?? 0);
}

/** engine.io keeps what the network has not taken; its events tell how much that is. */
function connectionOf(socket: Socket): Connection {
  let waiting = 0;
  socket.conn.on('packetCreate', () => {
    waiting += 1;
  });
  socket.conn.on('flush', () => {
    waiting = 0;
  });
  return {
    notify: (name, notice) => void socket.emit(name, notice),
    get writable() {
      return waiting < SLOW_AT_MESSAGES;
    },
    onDrain: (task) => {
      socket.conn.on('drain', task);
      return () => socket.conn.off('drain', task);
    },
    giveUp: () => socket.conn.close(),
    close: () => void socket.disconnect(true),
  };
}
