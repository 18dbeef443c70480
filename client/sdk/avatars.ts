import type { AvatarInfo, PlaceAvatar, PlacedAvatar, Say, UtteranceInfo, VoiceInfo } from '../../shared/avatars.ts';
import { type ErrorBody, TritoneError } from '../../shared/errors.ts';

export interface TritoneAvatarsOptions {
  /** Origin of the server; the page's own unless given. */
  readonly url?: string;
  /** For servers that ask for one. */
  readonly token?: string;
}

export interface NewAvatar {
  /** JPEG, PNG, WebP, or a short MP4 or WebM. */
  readonly file: Blob;
  readonly name: string;
  /** What was confirmed of the person who is shown; stored with the avatar. */
  readonly consent: string;
}

export interface VoicesOnOffer {
  readonly voices: readonly VoiceInfo[];
  /** Models of voices that are not ready, and why. */
  readonly absent: readonly { readonly model: string; readonly reason: string }[];
}

const REQUEST_DEADLINE_MS = 15_000;
/** A clip of ten seconds on two cores. */
const PREPARE_DEADLINE_MS = 120_000;

/** Faces, voices and the avatars in rooms. Every method throws a TritoneError: the server's own, or `connection.*`. */
export class TritoneAvatars {
  readonly #origin: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor({ url = globalThis.location.origin, token }: TritoneAvatarsOptions = {}) {
    this.#origin = url;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  }

  voices(): Promise<VoicesOnOffer> {
    return this.#ask('GET', '/api/voices');
  }

  async faces(): Promise<readonly AvatarInfo[]> {
    const { avatars } = await this.#ask<{ avatars: AvatarInfo[] }>('GET', '/api/avatars');
    return avatars;
  }

  /** Address of a picture of the face. */
  previewUrl(avatarId: string): string {
    return new URL(`/api/avatars/${encodeURIComponent(avatarId)}/preview.jpg`, this.#origin).href;
  }

  /** Prepares a face; takes some seconds. @throws TritoneError `avatar.*` says what is wrong with the picture */
  createFace({ file, name, consent }: NewAvatar): Promise<AvatarInfo> {
    const form = new FormData();
    // Fields first: the server has read them when the file comes.
    form.set('name', name);
    form.set('consent', consent);
    form.set('file', file);
    return this.#ask('POST', '/api/avatars', form, PREPARE_DEADLINE_MS);
  }

  async deleteFace(avatarId: string): Promise<void> {
    await this.#ask('DELETE', `/api/avatars/${encodeURIComponent(avatarId)}`);
  }

  /** Puts an avatar into a room; the call begins with it where none runs. */
  place(room: string, avatar: PlaceAvatar): Promise<PlacedAvatar> {
    return this.#ask('POST', roomPath(room), avatar);
  }

  async placed(room: string): Promise<readonly PlacedAvatar[]> {
    const { avatars } = await this.#ask<{ avatars: PlacedAvatar[] }>('GET', roomPath(room));
    return avatars;
  }

  /** Without `wait` it answers as soon as the text is accepted; with it, when all was heard. */
  say(room: string, participantId: string, text: Say): Promise<UtteranceInfo> {
    return this.#ask(
      'POST',
      `${roomPath(room, participantId)}/say`,
      text,
      text.wait === true ? null : REQUEST_DEADLINE_MS,
    );
  }

  utterance(room: string, participantId: string, utteranceId: string): Promise<UtteranceInfo> {
    return this.#ask('GET', `${roomPath(room, participantId)}/utterances/${encodeURIComponent(utteranceId)}`);
  }

  /** What it says ends at once, and what waits behind is dropped. */
  async stop(room: string, participantId: string): Promise<void> {
    await this.#ask('POST', `${roomPath(room, participantId)}/stop`);
  }

  async remove(room: string, participantId: string): Promise<void> {
    await this.#ask('DELETE', roomPath(room, participantId));
  }

  /** @param deadlineMs null: as long as it takes */
  async #ask<T>(
    method: string,
    path: string,
    body?: FormData | object,
    deadlineMs: number | null = REQUEST_DEADLINE_MS,
  ): Promise<T> {
    const isForm = body instanceof FormData;
    const request = {
      method,
      headers: { ...this.#headers, ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    };
    const response = await this.#fetch(path, request, deadlineMs);
    const answer: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
    if (response.ok) return answer as T;
    const error = (answer as { error?: ErrorBody } | undefined)?.error;
    throw error === undefined ? new TritoneError('internal') : TritoneError.fromBody(error);
  }

  async #fetch(path: string, request: RequestInit, deadlineMs: number | null): Promise<Response> {
    const signal = deadlineMs === null ? null : AbortSignal.timeout(deadlineMs);
    try {
      return await fetch(new URL(path, this.#origin), { ...request, signal });
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'TimeoutError') {
        throw new TritoneError('connection.timeout', { event: path, deadlineMs: deadlineMs ?? 0 }, { cause });
      }
      throw new TritoneError('connection.unreachable', {}, { cause });
    }
  }
}

function roomPath(room: string, participantId?: string): string {
  const path = `/api/rooms/${encodeURIComponent(room)}/avatars`;
  return participantId === undefined ? path : `${path}/${encodeURIComponent(participantId)}`;
}
