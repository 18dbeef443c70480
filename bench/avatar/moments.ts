import { setTimeout as sleep } from 'node:timers/promises';
import { type Quantiles, quantilesOf } from '../score/quantiles.ts';
import { scrape } from '../system/scrape.ts';
import type { AvatarServer } from './avatarServer.ts';
import { stubOf } from './cpu.ts';
import { RoomViewer, type SeenTrack } from './roomViewer.ts';
import { PAGE, SENTENCES } from './texts.ts';
import { continuityOf, heardIn, soundAfter, untilSound, type VoiceContinuity } from './watched.ts';

const SETTLE_MS = 2000;
/** Nothing of what was stopped can come later. */
const AFTER_STOP_MS = 700;
const SHOWN = 'tritone_avatar_pictures_total{lips="shown"}';
const LOOK_EVERY_MS = 40;
/** Two pictures in a row are no chance. */
const SHOWN_AGAIN = 2;

export interface Firsts {
  /** As the server tells: from the text to the first sound, and the first picture of lips, that leave. */
  readonly sound: Quantiles;
  readonly lips: Quantiles;
  /** From the request to the first packet with sound at a viewer. */
  readonly heard: Quantiles;
  /** From asking for the track to the first whole picture. */
  readonly joined: number | undefined;
}

export interface Stops {
  /** From the request until nothing was heard any more at the viewer, ms. */
  readonly more: readonly number[];
}

export interface Stall {
  readonly seconds: number;
  /** Of the voice while the lips stood still. */
  readonly voice: VoiceContinuity;
  /** Sound that the feed had to wait for. */
  readonly pausesMs: number;
  /** From SIGCONT until lips were shown again; undefined where they did not come. */
  readonly lipsBackMs: number | undefined;
  /** Pictures that had lips while the model stood still: of what had been drawn ahead. */
  readonly shownMeanwhile: number;
}

export interface MomentsOptions {
  readonly server: AvatarServer;
  readonly voice: string;
  readonly lipSync: string;
}

/** One avatar and one viewer: how soon it is heard and seen, and how soon it is silent. */
export async function measureMoments(
  options: MomentsOptions,
  times: number,
): Promise<{ firsts: Firsts; stops: Stops }> {
  await using stage = await Stage.open(options);
  const { avatar, sound, picture } = stage;
  const asked: number[] = [];
  const said: { firstSoundMs?: number | undefined; firstFrameMs?: number | undefined }[] = [];
  for (let at = 0; at < times; at += 1) {
    asked.push(performance.now());
    said.push(await avatar.say(SENTENCES[at % SENTENCES.length] ?? '', true));
    await sleep(500);
  }
  const heard = heardIn(sound.packets);
  const stopped: number[] = [];
  for (let at = 0; at < times; at += 1) {
    sound.packets.length = 0;
    await avatar.say(PAGE, false);
    await sleep(2500 + 137 * at); // in the middle of one word or another
    const atMs = performance.now();
    await avatar.stop();
    await sleep(AFTER_STOP_MS);
    stopped.push(soundAfter(heardIn(sound.packets), atMs));
  }
  const firstPicture = picture.packets.find(({ marker }) => marker)?.atMs;
  return {
    firsts: {
      sound: quantilesOf(said.map(({ firstSoundMs }) => firstSoundMs)),
      lips: quantilesOf(said.map(({ firstFrameMs }) => firstFrameMs)),
      heard: quantilesOf(asked.map((atMs) => untilSound(heard, atMs))),
      joined: firstPicture === undefined ? undefined : firstPicture - picture.askedAtMs,
    },
    stops: { more: stopped },
  };
}

/** The lip-sync model stands still for a while in the middle of a text. */
export async function stall(options: MomentsOptions, seconds: number): Promise<Stall> {
  await using stage = await Stage.open(options);
  const { avatar, sound } = stage;
  const { server, lipSync } = options;
  const pid = stubOf(server.pid, lipSync);
  if (pid === undefined) throw new Error(`${lipSync} has no process`);
  const shown = async () => (await scrape(server.url)).get(SHOWN) ?? 0;
  await avatar.say(PAGE, false);
  await sleep(5000);
  sound.packets.length = 0;
  const before = await shown();
  process.kill(pid, 'SIGSTOP');
  try {
    await sleep(seconds * 1000);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const resumedAtMs = performance.now();
  const packets = [...sound.packets];
  const meanwhile = await shown();
  let lipsBackMs: number | undefined;
  while (lipsBackMs === undefined && performance.now() - resumedAtMs < 15_000) {
    await sleep(LOOK_EVERY_MS);
    if ((await shown()) >= meanwhile + SHOWN_AGAIN) lipsBackMs = performance.now() - resumedAtMs;
  }
  await avatar.stop();
  return {
    seconds,
    voice: continuityOf(packets),
    pausesMs: longestQuietMs(packets),
    lipsBackMs,
    shownMeanwhile: meanwhile - before,
  };
}

/** Between sentences a voice pauses for half a second; a voice that waits is silent for longer. */
function longestQuietMs(packets: SeenTrack['packets']): number {
  let [longest, quiet] = [0, 0];
  for (const { loud } of heardIn(packets)) {
    quiet = loud ? 0 : quiet + 20;
    longest = Math.max(longest, quiet);
  }
  return longest;
}

class Stage implements AsyncDisposable {
  readonly avatar: Awaited<ReturnType<AvatarServer['place']>>;
  readonly sound: SeenTrack;
  readonly picture: SeenTrack;
  readonly #viewer: RoomViewer;

  static async open({ server, voice }: MomentsOptions): Promise<Stage> {
    const room = `bench-${Math.random().toString(36).slice(2)}`;
    const viewer = await RoomViewer.join(server.url, room);
    const avatar = await server.place(room, { name: 'Avatar', voice });
    await sleep(SETTLE_MS);
    const [sound, picture] = (['audio', 'video'] as const).map((kind) => viewer.trackOf(avatar.participantId, kind));
    if (sound === undefined || picture === undefined) throw new Error('the avatar did not come to its viewer');
    return new Stage(viewer, avatar, sound, picture);
  }

  private constructor(viewer: RoomViewer, avatar: Stage['avatar'], sound: SeenTrack, picture: SeenTrack) {
    this.#viewer = viewer;
    this.avatar = avatar;
    this.sound = sound;
    this.picture = picture;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#viewer.close();
    await this.avatar.leave();
  }
}
