import { io, type Socket } from 'socket.io-client';
import { TritoneError } from '../../shared/errors.ts';
import {
  type Answer,
  type Notice,
  type NoticeName,
  PROTOCOL_VERSION,
  type RequestInput,
  type RequestName,
  type RequestValue,
} from '../../shared/protocol.ts';

const DEADLINE_MS = 10_000;

/** The page's side of the protocol, without a page. */
export class Signalling {
  readonly #socket: Socket;

  static async connect(url: string): Promise<Signalling> {
    const socket = io(url, { auth: { protocol: PROTOCOL_VERSION }, transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return new Signalling(socket);
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** @throws TritoneError as the server answers */
  async request<N extends RequestName>(name: N, payload: RequestInput<N>): Promise<RequestValue<N>> {
    const answer = (await this.#socket.timeout(DEADLINE_MS).emitWithAck(name, payload)) as Answer<N>;
    if (answer.ok) return answer.value;
    throw TritoneError.fromBody(answer.error);
  }

  on<N extends NoticeName>(name: N, listener: (notice: Notice<N>) => void): void {
    this.#socket.on(name as string, listener);
  }

  close(): void {
    this.#socket.disconnect();
  }
}
