import { mkdir, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AvatarStore, type NewAvatar } from '../../../server/features/avatars/avatarStore.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { BUNDLED_AVATAR_ID } from '../../../shared/avatars.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { FACE_FRAMES, FACE_SIZE, TestPreparation } from '../../fixtures/preparedFaces.ts';
import { settle, VirtualClock } from '../../fixtures/virtualClock.ts';

const portrait = async (): Promise<NewAvatar> => ({
  name: 'Ada',
  consent: 'Ada agrees',
  kind: 'portrait',
  pictures: [Buffer.from('picture')],
});

describe('AvatarStore', () => {
  let dir: string;
  let preparation: TestPreparation;
  const open = (maxAvatars = 10) =>
    AvatarStore.open({
      dir: path.join(dir, 'avatars'),
      maxAvatars,
      preparation,
      clock: new VirtualClock(),
      log: silentLog,
    });
  const onDisk = () => readdir(path.join(dir, 'avatars'));

  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'tritone-avatars-'));
    preparation = new TestPreparation();
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('keeps a face with the consent and when it was given, through a restart', async () => {
    const info = await (await open()).create(portrait);
    expect(info).toMatchObject({
      name: 'Ada',
      kind: 'portrait',
      size: FACE_SIZE,
      fps: 25,
      consent: { statement: 'Ada agrees', atMs: 1_700_000_000_000 },
    });
    const reopened = await open();
    expect(reopened.find(info.avatarId)).toEqual(info);
    expect(reopened.list().map(({ avatarId }) => avatarId)).toEqual([BUNDLED_AVATAR_ID, info.avatarId]);
    expect(await reopened.preview(info.avatarId)).toEqual(Buffer.from([0xff, 0xd8, 1]));
  });

  it('lends the face as it was prepared, its clip loaded once for all who use it', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    const [first, second] = await Promise.all([store.lend(avatarId), store.lend(avatarId)]);
    const { clip, avatar, transforms } = first.face;
    expect(clip).toMatchObject({ size: FACE_SIZE, fps: 25, count: FACE_FRAMES });
    const bytes = new Uint8Array(clip.frames);
    expect(bytes).toHaveLength((FACE_FRAMES * FACE_SIZE * FACE_SIZE * 3) / 2);
    expect(bytes[0]).toBe(0);
    expect(bytes.at(-1)).toBe(10 * (FACE_FRAMES - 1));
    expect(avatar.toString()).toBe('face');
    expect([...transforms]).toEqual(Array.from({ length: FACE_FRAMES * 6 }, (_, at) => at));
    expect(second.face.clip.frames).toBe(clip.frames);
    first.release();
    first.release();
    const third = await store.lend(avatarId);
    expect(third.face.clip.frames).toBe(clip.frames);
    second.release();
    third.release();
    const fresh = await store.lend(avatarId);
    expect(fresh.face.clip.frames).not.toBe(clip.frames);
  });

  it('deletes all of it; whoever has it keeps it until it is given back', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    const lease = await store.lend(avatarId);
    await store.delete(avatarId);
    expect(await onDisk()).toEqual([]);
    expect(lease.face.clip.count).toBe(FACE_FRAMES);
    lease.release();
    for (const asked of [store.lend(avatarId), store.preview(avatarId), store.delete(avatarId)]) {
      await expect(asked).rejects.toMatchObject({ code: 'avatar.not_found' });
    }
  });

  it('deletes where a deletion was left unfinished', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    await mkdir(path.join(dir, 'avatars', `.gone-${avatarId}`, 'left'), { recursive: true });
    await store.delete(avatarId);
    expect(await onDisk()).toEqual([]);
  });

  it('does not say that a face is deleted which is still on the disk', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    const [faces, aside] = [path.join(dir, 'avatars'), path.join(dir, 'aside')];
    await rename(faces, aside);
    await writeFile(faces, 'no folder');
    await expect(store.delete(avatarId)).rejects.toMatchObject({ code: 'internal' });
    expect(store.find(avatarId)).toMatchObject({ name: 'Ada' });
    await rm(faces);
    await rename(aside, faces);
    await store.delete(avatarId);
    expect(await onDisk()).toEqual([]);
  });

  it.each(['nobody', '../avatars', '.', ''])('knows no avatar called %j', async (avatarId) => {
    const store = await open();
    await expect(store.lend(avatarId)).rejects.toMatchObject({ code: 'avatar.not_found' });
    await expect(store.delete(avatarId)).rejects.toMatchObject({ code: 'avatar.not_found' });
  });

  it('prepares the bundled portrait when it is first needed, once, and does not delete it', async () => {
    const store = await open();
    expect(store.list()).toMatchObject([{ avatarId: BUNDLED_AVATAR_ID, kind: 'bundled', size: 512 }]);
    expect(preparation.requests).toEqual([]);
    await Promise.all([store.lend(BUNDLED_AVATAR_ID), store.preview(BUNDLED_AVATAR_ID)]);
    expect(preparation.requests).toMatchObject([{ pictures: [], bundled: true }]);
    expect(store.find(BUNDLED_AVATAR_ID)).toMatchObject({ size: FACE_SIZE });
    await expect(store.delete(BUNDLED_AVATAR_ID)).rejects.toMatchObject({ code: 'access.denied' });
    await (await open()).lend(BUNDLED_AVATAR_ID);
    expect(preparation.requests).toHaveLength(1);
  });

  it('asks again for the bundled portrait where no model was there', async () => {
    const store = await open();
    preparation.refusal = new TritoneError('inference.no_model', { capability: 'c', language: 'l' });
    await expect(store.lend(BUNDLED_AVATAR_ID)).rejects.toMatchObject({ code: 'inference.no_model' });
    preparation.refusal = undefined;
    expect((await store.lend(BUNDLED_AVATAR_ID)).face.clip.count).toBe(FACE_FRAMES);
  });

  it('leaves nothing behind where preparation fails, at once or in the middle', async () => {
    const store = await open();
    preparation.refusal = new TritoneError('avatar.no_face');
    await expect(store.create(portrait)).rejects.toMatchObject({ code: 'avatar.no_face' });
    preparation.refusal = undefined;
    preparation.breaksOffAfter = 2;
    await expect(store.create(portrait)).rejects.toMatchObject({ code: 'inference.unavailable' });
    expect(await onDisk()).toEqual([]);
    expect(store.list()).toHaveLength(1);
  });

  it('sweeps away what a crash has left, and passes over what it cannot read', async () => {
    const { avatarId } = await (await open()).create(portrait);
    const avatars = path.join(dir, 'avatars');
    for (const name of ['.new-half', '.gone-half', 'odd']) await mkdir(path.join(avatars, name));
    await writeFile(path.join(avatars, 'odd', 'avatar.json'), '{"format":99}');
    const store = await open();
    expect(store.list()).toHaveLength(2);
    expect((await onDisk()).sort()).toEqual([avatarId, 'odd'].sort());
  });

  it('says that a damaged face is not there, and goes on', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    await truncate(path.join(dir, 'avatars', avatarId, 'clip.zst'), 20);
    await expect(store.lend(avatarId)).rejects.toMatchObject({ code: 'avatar.not_found' });
  });

  it('takes no more than it may hold, nor more than two at once, before it reads them', async () => {
    const store = await open(3);
    const held = Promise.withResolvers<void>();
    preparation.held = held.promise;
    const two = [store.create(portrait), store.create(portrait)];
    await settle();
    const unread = () => Promise.reject(new Error('read'));
    await expect(store.create(unread)).rejects.toMatchObject({ code: 'request.too_many', retryable: true });
    held.resolve();
    await Promise.all(two);
    await store.create(portrait);
    await expect(store.create(unread)).rejects.toMatchObject({ code: 'avatar.storage_full' });
  });

  it('stores the clip smaller than it is', async () => {
    const store = await open();
    const { avatarId } = await store.create(portrait);
    const stored = await readFile(path.join(dir, 'avatars', avatarId, 'clip.zst'));
    expect(stored.length).toBeLessThan((FACE_FRAMES * FACE_SIZE * FACE_SIZE * 3) / 20);
  });
});
