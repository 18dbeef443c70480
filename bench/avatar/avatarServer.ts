import { type PlaceAvatar, type PlacedAvatar, placeAvatarSchema, type UtteranceInfo } from '../../shared/avatars.ts';
import { TritoneServer } from '../tritone/server.ts';

const LOAD_DEADLINE_MS = 120_000;
const LOOK_EVERY_MS = 200;

/** The real server with one voice and one lip-sync model. */
export class AvatarServer implements AsyncDisposable {
  readonly #server: TritoneServer;

  /** Settles when each model serves. `models`: folders of model-repository, or paths. @throws Error where one does not come */
  static async start([voice = '', ...others]: readonly string[]): Promise<AvatarServer> {
    const server = new AvatarServer(await TritoneServer.start({ model: voice, others }));
    try {
      await server.#loads();
    } catch (cause) {
      await server[Symbol.asyncDispose]();
      throw cause;
    }
    return server;
  }

  private constructor(server: TritoneServer) {
    this.#server = server;
  }

  get url(): string {
    return this.#server.url;
  }

  get pid(): number {
    return this.#server.pid;
  }

  async place(room: string, wish: PlaceAvatar): Promise<SpokenAvatar> {
    const url = new URL(`/api/rooms/${room}/avatars`, this.url).href;
    const { participantId } = await post<PlacedAvatar>(url, placeAvatarSchema.parse(wish));
    return new SpokenAvatar(participantId, `${url}/${participantId}`);
  }

  /** Stores a face; answers its id. */
  async createFace(picture: Blob): Promise<string> {
    const form = new FormData();
    form.set('name', 'Bench');
    form.set('consent', 'true');
    form.set('file', picture, 'face.jpg');
    const { avatarId } = await read<{ avatarId: string }>(
      await fetch(new URL('/api/avatars', this.url), { method: 'POST', body: form }),
    );
    return avatarId;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  async #loads(): Promise<void> {
    const until = performance.now() + LOAD_DEADLINE_MS;
    while (true) {
      const answer = await fetch(new URL('/readyz', this.url));
      const { parts } = (await answer.json()) as { parts: { captions: { models: { state: string }[] } } };
      const states = parts.captions.models.map(({ state }) => state);
      if (states.length > 0 && states.every((state) => state === 'ready')) return;
      if (states.includes('unavailable') || performance.now() > until) throw new Error(JSON.stringify(parts.captions));
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }
}

/** An avatar in a room, as programs speak through it. */
export class SpokenAvatar {
  readonly participantId: string;
  readonly #url: string;

  constructor(participantId: string, url: string) {
    this.participantId = participantId;
    this.#url = url;
  }

  say(text: string, wait: boolean): Promise<UtteranceInfo> {
    return post(`${this.#url}/say`, { text, wait });
  }

  stop(): Promise<unknown> {
    return post(`${this.#url}/stop`, {});
  }

  async leave(): Promise<void> {
    await fetch(this.#url, { method: 'DELETE' });
  }
}

async function post<T>(url: string, body: object): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return read<T>(await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) }));
}

async function read<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
