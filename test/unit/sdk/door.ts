import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import type { Notice, NoticeName, RequestName } from '../../../shared/protocol.ts';

type Handler = (payload: never) => unknown;

/** A real socket.io server with answers written by the test. What it answers nothing to, hangs. */
export class Door implements AsyncDisposable {
  /** Every request that came, in order. */
  readonly asked: { name: string; payload: unknown }[] = [];
  readonly handshakes: unknown[] = [];
  readonly url: string;
  readonly #io: Server;
  readonly #handlers: Partial<Record<RequestName, Handler>>;

  static async open(handlers: Partial<Record<RequestName, Handler>>, refusal?: object): Promise<Door> {
    const http = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    return new Door(new Server(http), (http.address() as AddressInfo).port, handlers, refusal);
  }

  private constructor(
    io: Server,
    port: number,
    handlers: Partial<Record<RequestName, Handler>>,
    refusal: object | undefined,
  ) {
    this.#io = io;
    this.#handlers = handlers;
    this.url = `http://127.0.0.1:${port}`;
    io.use((socket, next) => {
      this.handshakes.push(socket.handshake.auth);
      next(refusal === undefined ? undefined : Object.assign(new Error('refused'), { data: refusal }));
    });
    io.on('connection', (socket) => this.#serve(socket));
  }

  notify<N extends NoticeName>(name: N, notice: Notice<N>): void {
    this.#io.emit(name, notice);
  }

  /** As a broken network would. */
  cut(): void {
    for (const socket of this.#io.sockets.sockets.values()) socket.conn.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#io.close();
  }

  #serve(socket: Socket): void {
    socket.onAny((name: RequestName, ...[payload, acknowledge]: [unknown, (answer: unknown) => void]) => {
      this.asked.push({ name, payload });
      const handler = this.#handlers[name];
      if (handler !== undefined) acknowledge(handler(payload as never));
    });
  }
}
