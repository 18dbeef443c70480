import { randomUUID } from 'node:crypto';
import { type AvatarInfo, BUNDLED_AVATAR_ID } from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { AvatarPreparation, AvatarPreparationRequest } from '../../inference/lipSync.types.ts';
import type { Clock } from '../../streams/clock.ts';
import type { Log } from '../../streams/log.ts';
import { AvatarFolder } from './avatarFolder.ts';
import type { Face } from './lipTrack.ts';

const FPS = 25;
/** Of the bundled portrait before it is prepared. */
const SIZE = 512;
/** Faces prepared at once: each takes a core for some seconds. */
const MAX_PREPARING = 2;

export interface AvatarStoreOptions {
  readonly dir: string;
  /** Without the bundled one. */
  readonly maxAvatars: number;
  readonly preparation: AvatarPreparation;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NewAvatar {
  readonly name: string;
  readonly consent: string;
  readonly kind: 'portrait' | 'video';
  /** JPEG or PNG, made safe: one, or a clip at 25 fps. */
  readonly pictures: readonly Buffer[];
}

/** A face in use; its clip stays in memory until everyone has given it back. */
export interface FaceLease {
  readonly face: Face;
  /** Twice is once. */
  release(): void;
}

interface LoadedFace {
  readonly face: Promise<Face>;
  users: number;
}

/** The prepared faces: made, listed, lent and deleted. One that is deleted while it is in use goes on until it is given back. */
export class AvatarStore {
  readonly #options: AvatarStoreOptions;
  readonly #folder: AvatarFolder;
  readonly #infos: Map<string, AvatarInfo>;
  readonly #loaded = new Map<string, LoadedFace>();
  #preparing = 0;
  #bundling: Promise<void> | undefined;

  /** Reads what is there. */
  static async open(options: AvatarStoreOptions): Promise<AvatarStore> {
    const folder = new AvatarFolder(options.dir);
    const infos = await folder.list((name, cause) => options.log.warn({ name, err: cause }, 'avatar cannot be read'));
    return new AvatarStore(options, folder, infos);
  }

  private constructor(options: AvatarStoreOptions, folder: AvatarFolder, infos: readonly AvatarInfo[]) {
    this.#options = options;
    this.#folder = folder;
    this.#infos = new Map(infos.map((info) => [info.avatarId, info]));
  }

  /** The bundled one first, then the newest. */
  list(): AvatarInfo[] {
    const own = [...this.#infos.values()].filter(({ avatarId }) => avatarId !== BUNDLED_AVATAR_ID);
    return [this.find(BUNDLED_AVATAR_ID), ...own.toSorted((a, b) => b.createdAtMs - a.createdAtMs)];
  }

  /** @throws TritoneError `avatar.not_found` */
  find(avatarId: string): AvatarInfo {
    const info = this.#infos.get(avatarId) ?? (avatarId === BUNDLED_AVATAR_ID ? bundled(0) : undefined);
    if (info === undefined) throw new TritoneError('avatar.not_found', { avatarId });
    return info;
  }

  /**
   * @param read the upload, once there is a place for it
   * @throws TritoneError `avatar.storage_full`, `request.too_many`, what `read` throws, and what preparation throws
   */
  async create(read: () => Promise<NewAvatar>, signal?: AbortSignal): Promise<AvatarInfo> {
    const own = this.list().length - 1;
    if (this.#preparing >= MAX_PREPARING) throw new TritoneError('request.too_many');
    if (own + this.#preparing >= this.#options.maxAvatars) throw new TritoneError('avatar.storage_full');
    this.#preparing += 1;
    try {
      const { name, consent, kind, pictures } = await read();
      const createdAtMs = this.#options.clock.wallMs();
      const info = {
        avatarId: randomUUID(),
        name,
        kind,
        createdAtMs,
        consent: { statement: consent, atMs: createdAtMs },
      };
      return await this.#prepare(info, { pictures, fps: FPS, signal });
    } finally {
      this.#preparing -= 1;
    }
  }

  /** Before anyone asks for it; nothing where it is there. @throws what its preparation throws */
  prepareBundled(): Promise<void> {
    return this.#ensure(BUNDLED_AVATAR_ID);
  }

  /** JPEG. @throws TritoneError `avatar.not_found`, and what the preparation of the bundled one throws */
  async preview(avatarId: string): Promise<Buffer> {
    await this.#ensure(avatarId);
    return this.#folder.preview(avatarId).catch((cause: unknown) => {
      throw new TritoneError('avatar.not_found', { avatarId }, { cause });
    });
  }

  /** Loaded once, however many use it. @throws TritoneError `avatar.not_found`, and what the preparation of the bundled one throws */
  async lend(avatarId: string): Promise<FaceLease> {
    await this.#ensure(avatarId);
    const loaded = this.#loaded.get(avatarId) ?? { face: this.#folder.load(avatarId), users: 0 };
    this.#loaded.set(avatarId, loaded);
    loaded.users += 1;
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      loaded.users -= 1;
      if (loaded.users === 0 && this.#loaded.get(avatarId) === loaded) this.#loaded.delete(avatarId);
    };
    try {
      return { face: await loaded.face, release };
    } catch (cause) {
      release();
      this.#options.log.warn({ avatarId, err: cause }, 'avatar cannot be loaded');
      throw new TritoneError('avatar.not_found', { avatarId }, { cause });
    }
  }

  /** @throws TritoneError `avatar.not_found`, `access.denied` for the bundled one, `internal` where the disk refuses: it is still there */
  async delete(avatarId: string): Promise<void> {
    if (avatarId === BUNDLED_AVATAR_ID)
      throw new TritoneError('access.denied', { action: 'delete the bundled avatar' });
    this.find(avatarId);
    await this.#folder.delete(avatarId);
    this.#infos.delete(avatarId);
    this.#loaded.delete(avatarId);
  }

  /** The bundled one is prepared when it is first needed, once. */
  async #ensure(avatarId: string): Promise<void> {
    if (this.#infos.has(this.find(avatarId).avatarId)) return;
    this.#bundling ??= this.#prepare(bundled(this.#options.clock.wallMs()), { pictures: [], fps: FPS, bundled: true })
      .then(() => {})
      .finally(() => {
        this.#bundling = undefined;
      });
    await this.#bundling;
  }

  async #prepare(info: Omit<AvatarInfo, 'size' | 'fps'>, request: AvatarPreparationRequest): Promise<AvatarInfo> {
    const prepared = await this.#options.preparation.prepare(request);
    const { size, fps } = prepared;
    const whole = { ...info, size, fps };
    await this.#folder.write(whole, prepared);
    this.#infos.set(whole.avatarId, whole);
    return whole;
  }
}

function bundled(createdAtMs: number): AvatarInfo {
  return { avatarId: BUNDLED_AVATAR_ID, name: 'Presenter', kind: 'bundled', size: SIZE, fps: FPS, createdAtMs };
}
