import { describe, expect, it } from 'vitest';
import { noMetrics } from '../../../server/streams/metrics.ts';
import { captionSchema } from '../../../shared/captions.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { CaptionedRoom, wordsFromTo } from '../../fixtures/captionedRoom.ts';
import { WordReader, type WordReaderOptions } from '../../fixtures/wordsInSound.ts';

function stage(options: WordReaderOptions = {}) {
  const reader = new WordReader(options);
  const observed: Record<string, number[]> = {};
  const histogram = (name: string) => ({
    observe: (value: number) => {
      observed[name] = [...(observed[name] ?? []), value];
    },
  });
  return { reader, observed, room: new CaptionedRoom(reader, { ...noMetrics, histogram }) };
}

describe('captions of a call', () => {
  it('show what a participant says while it is said, and settle it at the pause', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(1000);
    ann.say(1, 3);
    await room.pass(3000);
    expect(room.revisions.map(({ id, revision, text, final }) => [id, revision, text, final])).toEqual([
      ['ann:1', 0, 'w1', false],
      ['ann:1', 1, 'w1 w2', false],
      ['ann:1', 2, 'w1 w2 w3', false],
      ['ann:1', 3, 'w1 w2 w3', true],
    ]);
    for (const caption of room.revisions) expect(captionSchema.parse(caption)).toEqual(caption);
  });

  it('carry the time on the RoomClock at which each word was spoken', async () => {
    const { room } = stage();
    await room.pass(5000);
    const ann = await room.publish('ann');
    ann.say(1, 2, 2000);
    await room.pass(5000);
    expect(room.finals[0]).toMatchObject({ startMs: 7000, endMs: 7500 });
    expect(room.finals[0]?.words?.map(({ startMs, endMs }) => [startMs, endMs])).toEqual([
      [7000, 7200],
      [7300, 7500],
    ]);
  });

  it('cost nothing while nobody speaks', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    await room.pass(5000);
    expect(reader.requests).toEqual([]);
    ann.say(1, 1);
    await room.pass(3000);
    expect(reader.requests).toHaveLength(1);
    expect(reader.open_).toEqual([]);
  });

  it('keep two people who talk at once apart, each with ids of their own', async () => {
    const { room } = stage();
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 8);
    bob.say(101, 108, 150);
    await room.pass(6000);
    expect(room.words('ann')).toBe(wordsFromTo(1, 8));
    expect(room.words('bob')).toBe(wordsFromTo(101, 108));
    expect(new Set(room.revisions.map(({ id }) => id))).toEqual(new Set(['ann:1', 'bob:1']));
  });

  it('tell the sound of a shared screen from the microphone, under ids that never meet', async () => {
    const { room } = stage();
    const [voice, screen] = [await room.publish('ann'), await room.publish('ann', 'screen-audio')];
    voice.say(1, 2);
    screen.say(50, 51, 100);
    await room.pass(4000);
    const bySource = new Map(room.finals.map(({ source, text }) => [source, text]));
    expect(bySource).toEqual(
      new Map([
        ['microphone', 'w1 w2'],
        ['screen', 'w50 w51'],
      ]),
    );
    expect(new Set(room.finals.map(({ id }) => id)).size).toBe(2);
  });

  it('leave cameras and synthetic voices alone', async () => {
    const { room, reader } = stage();
    const avatar = await room.publish('avatar', 'microphone', true);
    const camera = await room.publish('ann', 'camera');
    avatar.say(1, 3);
    camera.say(4, 6);
    await room.pass(4000);
    expect(reader.requests).toEqual([]);
  });

  it('reach back half a second before the onset, but never into what was captioned before', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 2, 1000);
    await room.pass(1000);
    await room.pass(600);
    room.events.emit('trackPaused', ann.track);
    ann.say(3, 4, 200);
    await room.pass(4000);
    expect(room.words()).toBe(wordsFromTo(1, 4));
    expect(reader.streams[0]?.taken).toBeGreaterThanOrEqual(0.46 * 16_000 + 0.6 * 16_000);
  });

  it('end at once when the microphone is muted, so the last word is final within 300 ms', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 2) - 80);
    expect(room.finals).toEqual([]);
    ann.flows = false;
    room.events.emit('trackPaused', ann.track);
    await room.pass(300);
    expect(room.words()).toBe('w1 w2');
  });

  it('still settle the last word of who left right after it', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 2) - 80);
    await room.unpublish(ann);
    room.participants.delete('ann');
    await room.pass(300);
    expect(room.words()).toBe('w1 w2');
  });

  it('still settle the last word of a call that ends, and write nothing after that', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 2) - 80);
    const ended = room.endCall();
    await room.virtual.advance(300);
    await ended;
    expect(room.words()).toBe('w1 w2');
    const { length } = room.appended;
    ann.say(3, 5);
    await room.pass(3000);
    expect(room.appended).toHaveLength(length);
  });

  it('do not hold up the end of a call for a recogniser that does not answer', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 2) - 80);
    for (const stream of reader.streams) stream.stalled = new Promise(() => {});
    let over = false;
    void room.endCall().then(() => {
      over = true;
    });
    await room.virtual.advance(2500);
    expect(over).toBe(true);
    expect(reader.open_).toEqual([]);
  });

  it('write nothing after the call was aborted', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 10);
    await room.pass(1000);
    room.abort();
    const { length } = room.appended;
    await room.pass(5000);
    expect(room.appended).toHaveLength(length);
    expect(reader.open_).toEqual([]);
  });

  it('settle what was said when sound stops coming without a word', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 2) - 80);
    ann.flows = false;
    await room.pass(1600);
    expect(room.words()).toBe('w1 w2');
  });

  it('use the language that is set when a spurt begins, and finish a spurt in its own', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 3);
    await room.pass(300);
    room.participants.set('ann', { participantId: 'ann', name: 'ann', language: 'hi', synthetic: false });
    reader.kill();
    await room.pass(3000);
    ann.say(4, 5);
    await room.pass(3000);
    expect(reader.requests.map(({ language }) => language)).toEqual(['en', 'en', 'hi']);
  });

  it('come back when the tap breaks while the track stays', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 2);
    await room.pass(2500);
    ann.breakTap();
    await room.pass(500);
    ann.say(3, 4);
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 4));
  });

  it('mark speech that was lost on the network, and place the words after it where they were spoken', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 4));
    ann.flows = false;
    for (let ms = 0; ms < 3000; ms += 100) {
      await room.pass(100);
      ann.fillSilence(100);
    }
    ann.flows = true;
    const resumedAtMs = room.clock.nowMs();
    ann.say(5, 6);
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 6));
    expect(room.finals.at(-1)?.words?.[0]?.startMs).toBeCloseTo(resumedAtMs, -1);
    expect(room.eventsOf('caption-gap')).toEqual([
      expect.objectContaining({ reason: 'packet-loss', startMs: 1200, endMs: 4200 }),
    ]);
  });
});

describe('captions of a browser that is too busy to send', () => {
  it('mark no loss where no packet is missing', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 4));
    ann.flows = false;
    for (let ms = 0; ms < 1000; ms += 100) {
      await room.pass(100);
      ann.fillSilence(100, false);
    }
    ann.flows = true;
    ann.say(5, 6);
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 6));
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });
});

describe('captions of a silent encoder', () => {
  it('mark no loss when sound stops in a pause', async () => {
    const { room } = stage();
    const ann = await room.publish('ann');
    await room.pass(ann.say(1, 4) + 500);
    ann.flows = false;
    for (let ms = 0; ms < 2000; ms += 100) {
      await room.pass(100);
      ann.fillSilence(100);
    }
    ann.flows = true;
    ann.say(5, 6);
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 6));
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });
});

describe('captions when the recogniser is lost', () => {
  const killed = new TritoneError('inference.unavailable', { reason: 'killed' });

  it('go on where the last settled word ended: no word lost, none doubled, under the same id', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 3);
    ann.say(4, 9, 700);
    await room.pass(2500);
    expect(room.words()).toBe('w1 w2 w3');
    const shown = room.revisions.at(-1);
    expect(shown).toMatchObject({ id: 'ann:2', final: false });
    reader.kill();
    await room.pass(4000);
    expect(room.words()).toBe(wordsFromTo(1, 9));
    expect(new Set(room.revisions.map(({ id }) => id))).toEqual(new Set(['ann:1', 'ann:2']));
    const revisions = room.revisions.filter(({ id }) => id === 'ann:2').map(({ revision }) => revision);
    expect(revisions).toEqual(revisions.map((_, index) => index));
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });

  it('survive twenty kills in the middle of one talk', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    for (let first = 1; first <= 100; first += 10) ann.say(first, first + 9, 600);
    for (let kill = 0; kill < 20; kill++) {
      await room.pass(1730);
      reader.kill();
    }
    await room.pass(10_000);
    expect(room.words()).toBe(wordsFromTo(1, 100));
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });

  it('try again at once at every loss, however long the outage before it was', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 60);
    await room.pass(1000);
    reader.refusal = killed;
    reader.kill();
    await room.pass(8000);
    reader.refusal = undefined;
    await room.pass(3000);
    reader.kill();
    await room.pass(20);
    expect(reader.open_).toHaveLength(1);
  });

  it('catch up after an outage of ten seconds', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 40);
    await room.pass(2000);
    reader.refusal = killed;
    reader.kill();
    await room.pass(10_000);
    reader.refusal = undefined;
    await room.pass(6000);
    expect(room.words()).toBe(wordsFromTo(1, 40));
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });

  it('wait for a model that still loads', async () => {
    const { room, reader } = stage();
    reader.refusal = new TritoneError('inference.no_model', { capability: 'speech-to-text', language: 'en' });
    const ann = await room.publish('ann');
    ann.say(1, 3);
    await room.pass(8000);
    expect(reader.requests.length).toBeLessThan(12);
    reader.refusal = undefined;
    await room.pass(2000);
    expect(room.words()).toBe(wordsFromTo(1, 3));
  });

  it('keep what was shown, mark what is gone and go on when the outage is longer than the ring', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 200);
    await room.pass(2000);
    const shown = room.revisions.at(-1);
    reader.refusal = killed;
    reader.kill();
    await room.pass(40_000);
    reader.refusal = undefined;
    await room.pass(30_000);
    expect(room.finals[0]).toMatchObject({ id: 'ann:1', text: shown?.text });
    const [gap, ...others] = room.eventsOf('caption-gap');
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ reason: 'outage', startMs: shown?.endMs });
    expect((gap?.endMs ?? 0) - 12_000).toBeLessThan(1500);
    expect(room.words()).toMatch(/ w199 w200$/);
  });

  it('give up speech that is older than 30 s and mark it', async () => {
    const { room, reader } = stage();
    reader.refusal = killed;
    const ann = await room.publish('ann');
    ann.say(1, 3);
    await room.pass(60_000);
    expect(room.eventsOf('caption-gap')).toEqual([expect.objectContaining({ reason: 'outage', startMs: 40 })]);
    reader.refusal = undefined;
    ann.say(4, 6);
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(4, 6));
  });

  it('mark what could not be captioned any more when the call ends meanwhile', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 12);
    await room.pass(2000);
    const shown = room.revisions.at(-1);
    reader.refusal = killed;
    reader.kill();
    await room.pass(1000);
    const ended = room.endCall();
    await room.virtual.advance(3000);
    await ended;
    expect(room.finals).toEqual([expect.objectContaining({ id: 'ann:1', text: shown?.text })]);
    const [gap] = room.eventsOf('caption-gap');
    expect(gap).toMatchObject({ reason: 'outage', startMs: shown?.endMs });
    expect(gap?.endMs).toBeGreaterThanOrEqual(2980);
  });

  it('skip sound that fails the model again and again instead of feeding it for ever', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 12);
    for (const _ of [1, 2]) {
      await room.pass(800);
      reader.kill(new TritoneError('inference.failed', { reason: 'poison' }));
    }
    await room.pass(6000);
    expect(room.eventsOf('caption-gap')).toEqual([expect.objectContaining({ reason: 'outage' })]);
    expect(room.words()).toMatch(/w12$/);
    expect(reader.streams).toHaveLength(3);
  });

  it('take a sequence that ends by itself for lost', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 6);
    await room.pass(1000);
    for (const stream of reader.open_) void stream.close();
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 6));
  });

  it('lose nothing while the recogniser takes nothing for twenty seconds', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 60);
    await room.pass(1000);
    let goOn = () => {};
    for (const stream of reader.open_) {
      stream.stalled = new Promise((resolve) => {
        goOn = resolve;
      });
    }
    await room.pass(20_000);
    goOn();
    await room.pass(3000);
    expect(room.words()).toBe(wordsFromTo(1, 60));
  });

  it('mark what the ring could not hold while the recogniser took nothing', async () => {
    const { room, reader } = stage();
    const ann = await room.publish('ann');
    ann.say(1, 140);
    await room.pass(1000);
    let goOn = () => {};
    for (const stream of reader.open_) {
      stream.stalled = new Promise((resolve) => {
        goOn = resolve;
      });
    }
    await room.pass(40_000);
    goOn();
    await room.pass(5000);
    expect(room.words()).toMatch(/ w140$/);
    expect(room.eventsOf('caption-gap')).toEqual([expect.objectContaining({ reason: 'overload' })]);
    const last = room.finals.at(-1)?.words?.at(-1);
    expect(last?.startMs).toBeCloseTo(139 * 300, -2);
  });
});

describe('captions when every slot is taken', () => {
  it('wait, say so once, and catch up with what was said in the last ten seconds', async () => {
    const { room, reader } = stage({ maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 16);
    await room.pass(200);
    bob.say(101, 112);
    await room.pass(3000);
    expect(room.eventsOf('captions-waiting')).toEqual([
      { type: 'captions-waiting', participantId: 'bob', waiting: true },
    ]);
    expect(reader.open_).toHaveLength(1);
    await room.pass(8000);
    expect(room.eventsOf('captions-waiting').map(({ waiting }) => waiting)).toEqual([true, false]);
    expect(room.words('ann')).toBe(wordsFromTo(1, 16));
    expect(room.words('bob')).toBe(wordsFromTo(101, 112));
  });

  it('tell of who waits with microphone and screen as of one: waiting until both are served', async () => {
    const { room } = stage({ maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    const screen = await room.publish('bob', 'screen-audio');
    ann.say(1, 8);
    await room.pass(200);
    bob.say(101, 104);
    screen.say(201, 204, 300);
    await room.pass(12_000);
    expect(room.eventsOf('captions-waiting')).toEqual([
      { type: 'captions-waiting', participantId: 'bob', waiting: true },
      { type: 'captions-waiting', participantId: 'bob', waiting: false },
    ]);
    expect(new Set(room.finals.map(({ source }) => source))).toEqual(new Set(['microphone', 'screen']));
  });

  it('begin as soon as a slot is free', async () => {
    const { room, reader } = stage({ maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 4);
    await room.pass(100);
    bob.say(101, 120);
    while (!reader.streams[0]?.closed) await room.pass(20);
    expect(reader.open_).toHaveLength(1);
  });

  it('go to the active speaker first', async () => {
    const { room, reader } = stage({ maxSessions: 1 });
    const [ann, bob, eve] = [await room.publish('ann'), await room.publish('bob'), await room.publish('eve')];
    ann.say(1, 8);
    await room.pass(200);
    bob.say(101, 120);
    await room.pass(200);
    eve.say(201, 220);
    room.events.emit('activeSpeaker', 'eve');
    await room.pass(5000);
    expect(reader.open_).toHaveLength(1);
    expect(room.revisions.at(-1)?.participantId).toBe('eve');
    await room.pass(15_000);
    expect(room.words('bob')).toMatch(/w120$/);
  });

  it('mark what waited too long', async () => {
    const { room } = stage({ maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 100);
    await room.pass(200);
    bob.say(101, 102);
    await room.pass(20_000);
    const [gap] = room.eventsOf('caption-gap');
    expect(gap).toMatchObject({ participantId: 'bob', reason: 'overload', startMs: 240 });
    expect(room.eventsOf('captions-waiting').map(({ waiting }) => waiting)).toEqual([true, false]);
  });

  it('leave the line when the call ends', async () => {
    const { room, reader } = stage({ maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 100);
    await room.pass(200);
    bob.say(101, 200);
    await room.pass(2000);
    room.abort();
    const { length } = reader.requests;
    await room.pass(5000);
    expect(reader.requests).toHaveLength(length);
  });
});

describe('captions with a second pass', () => {
  it('do not keep the next words waiting while finals may still be bettered', async () => {
    const { room, reader } = stage({ secondPass: true });
    const ann = await room.publish('ann');
    ann.say(1, 2);
    await room.pass(2000);
    ann.say(3, 4);
    await room.pass(1000);
    expect(reader.open_).toHaveLength(2);
    expect(room.revisions.at(-1)).toMatchObject({ id: 'ann:2', text: 'w3 w4' });
  });

  it('are bettered under their own ids while the next are on their way, and that is no latency', async () => {
    const { room, reader, observed } = stage({ secondPass: true });
    const ann = await room.publish('ann');
    ann.say(1, 2);
    await room.pass(2000);
    ann.say(3, 6);
    await room.pass(900);
    await reader.streams[0]?.better();
    await room.pass(3000);
    await reader.streams[1]?.better();
    await room.pass(100);
    expect(room.finals.map(({ id, text }) => [id, text])).toEqual([
      ['ann:1', 'w1 w2'],
      ['ann:1', 'W1 W2'],
      ['ann:2', 'w3 w4 w5 w6'],
      ['ann:2', 'W3 W4 W5 W6'],
    ]);
    expect(observed.tritone_caption_final_ms).toHaveLength(2);
    expect(reader.streams).toHaveLength(2);
  });

  it('give their slot to who talks', async () => {
    const { room, reader } = stage({ secondPass: true, maxSessions: 1 });
    const [ann, bob] = [await room.publish('ann'), await room.publish('bob')];
    ann.say(1, 2);
    await room.pass(2000);
    expect(reader.open_).toHaveLength(1);
    bob.say(3, 4);
    await room.pass(900);
    expect(room.words('bob')).toBe('');
    expect(room.revisions.at(-1)).toMatchObject({ participantId: 'bob', text: 'w3 w4' });
    expect(room.eventsOf('captions-waiting')).toEqual([]);
  });

  it('stand when the recogniser is lost before they could be bettered', async () => {
    const { room, reader } = stage({ secondPass: true });
    const ann = await room.publish('ann');
    ann.say(1, 2);
    await room.pass(2000);
    reader.kill();
    await room.pass(1000);
    expect(room.words()).toBe('w1 w2');
    expect(reader.streams).toHaveLength(1);
    expect(room.eventsOf('caption-gap')).toEqual([]);
  });
});
