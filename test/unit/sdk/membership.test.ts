import { describe, expect, it } from 'vitest';
import { type ConnectionStatus, Membership } from '../../../client/sdk/membership.ts';
import { transcript } from '../../../client/sdk/roomState.ts';
import { Signaling } from '../../../client/sdk/signaling.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { RequestPayload } from '../../../shared/protocol.ts';
import type { LogEntry } from '../../../shared/roomLog.ts';
import { Door } from './door.ts';
import { caption, entry, joined } from './entries.ts';

type Join = RequestPayload<'room:join'>;

function line(seq: number): LogEntry {
  return entry(seq, caption({ id: `c${seq}`, startMs: seq, text: `line ${seq}`, final: true }));
}

/** A server whose log holds `log`, and which keeps the participant over a drop unless told otherwise. */
function room(log: LogEntry[], keeps: () => boolean = () => true) {
  const joins: Join[] = [];
  const answer = (payload: Join) => {
    joins.push(payload);
    const since = payload.since?.callId === 'call' ? payload.since.seq : 0;
    const value = {
      participantId: 'ann',
      resumeToken: 'token',
      resumed: payload.resumeToken === 'token' && keeps(),
      callId: 'call',
      entries: log.filter(({ seq }) => seq > since),
      nowMs: 5_000,
      startedAtMs: 0,
      routerRtpCapabilities: {},
      captions: { state: 'ready', languages: [] },
    };
    return { ok: true, value };
  };
  const handlers = {
    'room:join': answer,
    'clock:read': () => ({ ok: true, value: { nowMs: 5_000 } }),
    'room:leave': () => ({ ok: true, value: {} }),
  };
  return { joins, handlers };
}

function member(door: Door, deadlines: { joinDeadlineMs?: number; returnDeadlineMs?: number } = {}): Membership {
  return new Membership({
    signaling: new Signaling({ url: door.url }),
    room: 'ops',
    name: 'Ann',
    language: 'auto',
    captionLanguage: 'original',
    joinDeadlineMs: 2_000,
    returnDeadlineMs: 5_000,
    ...deadlines,
  });
}

function status(membership: Membership, state: ConnectionStatus['state']): Promise<ConnectionStatus> {
  return new Promise((resolve) => {
    membership.events.on('status', (now) => {
      if (now.state === state) resolve(now);
    });
  });
}

const texts = (membership: Membership) => transcript(membership.state).map(({ text }) => text);

describe('Membership', () => {
  it('reads the call so far when it joins late', async () => {
    await using door = await Door.open(room([entry(1, joined('bob', 'Bob')), line(2)]).handlers);
    const membership = member(door);
    await membership.join();
    expect(texts(membership)).toEqual(['line 2']);
    expect(membership.state.participants.get('bob')?.name).toBe('Bob');
    await membership.leave();
  });

  it('returns as the same participant after a drop, asking for what it has not read, missing and doubling nothing', async () => {
    const log = [line(1), line(2)];
    const { joins, handlers } = room(log);
    await using door = await Door.open(handlers);
    const membership = member(door);
    await membership.join();
    const returned = status(membership, 'reconnecting').then(() => status(membership, 'connected'));
    log.push(line(3));
    door.cut();
    await returned;
    expect(joins[1]).toMatchObject({ resumeToken: 'token', since: { callId: 'call', seq: 2 } });
    expect(texts(membership)).toEqual(['line 1', 'line 2', 'line 3']);
    await membership.leave();
  });

  it('is refused where the server refuses, instead of trying for ever', async () => {
    const full = new TritoneError('room.full', { room: 'ops' }).toBody();
    await using door = await Door.open({ 'room:join': () => ({ ok: false, error: full }) });
    const membership = member(door);
    await expect(membership.join()).rejects.toMatchObject({ code: 'room.full' });
    expect(membership.status.state).toBe('ended');
  });

  it('gives up a join that nobody answers', async () => {
    await using door = await Door.open({});
    const membership = member(door, { joinDeadlineMs: 60 });
    await expect(membership.join()).rejects.toMatchObject({ code: 'connection.unreachable' });
  });

  it('gives up a return that takes too long', async () => {
    const door = await Door.open(room([]).handlers);
    const membership = member(door, { returnDeadlineMs: 80 });
    await membership.join();
    const ended = status(membership, 'ended');
    await door[Symbol.asyncDispose]();
    expect(await ended).toMatchObject({ error: { code: 'connection.unreachable' } });
  });

  it('ends with the reason that the server gives', async () => {
    await using door = await Door.open(room([]).handlers);
    const membership = member(door);
    await membership.join();
    const ended = status(membership, 'ended');
    door.notify('ended', { code: 'room.closed', message: 'The room has closed' });
    expect(await ended).toMatchObject({ error: { code: 'room.closed', message: 'The room has closed' } });
  });

  it('says so when another page has taken its place', async () => {
    await using door = await Door.open(room([]).handlers);
    const membership = member(door);
    await membership.join();
    const ended = status(membership, 'ended');
    door.notify('ended', new TritoneError('room.taken_over').toBody());
    expect(await ended).toMatchObject({ error: { code: 'room.taken_over' } });
  });

  it('connects anew, once, when the server takes a returning connection to have joined already', async () => {
    const { joins, handlers } = room([line(1)]);
    const taken = { ok: false, error: new TritoneError('room.already_joined', { room: 'ops' }).toBody() };
    const outcomes: unknown[] = [undefined, taken, undefined, taken, taken];
    const join = (payload: Join) => outcomes.shift() ?? handlers['room:join'](payload);
    await using door = await Door.open({ ...handlers, 'room:join': join });
    const membership = member(door);
    await membership.join();
    const returned = status(membership, 'reconnecting').then(() => status(membership, 'connected'));
    door.cut();
    await returned;
    expect(door.handshakes).toHaveLength(3);
    expect(joins.at(-1)).toMatchObject({ resumeToken: 'token' });
    const ended = status(membership, 'ended');
    door.cut();
    expect(await ended).toMatchObject({ error: { code: 'room.already_joined' } });
  });

  it('tells the server that it leaves, and ends even when no answer comes', async () => {
    const { 'room:leave': _, ...mute } = room([]).handlers;
    await using door = await Door.open(mute);
    const membership = member(door);
    await membership.join();
    await membership.leave();
    expect(door.asked.map(({ name }) => name)).toContain('room:leave');
    expect(membership.status).toEqual({ state: 'ended' });
  });

  it('comes back under the name and language that were chosen meanwhile', async () => {
    const { joins, handlers } = room([]);
    await using door = await Door.open(handlers);
    const membership = member(door);
    await membership.join();
    const away = status(membership, 'reconnecting');
    const returned = away.then(() => status(membership, 'connected'));
    const changed = away.then(() => membership.update({ language: 'hi' }));
    door.cut();
    await expect(changed).rejects.toMatchObject({ code: 'connection.lost' });
    await returned;
    expect(joins[1]).toMatchObject({ name: 'Ann', language: 'hi' });
    await membership.leave();
  });

  it('keeps the clock of the room', async () => {
    await using door = await Door.open(room([]).handlers);
    const membership = member(door);
    await membership.join();
    expect(membership.clock.nowMs()).toBeGreaterThan(4_900);
    expect(membership.clock.nowMs()).toBeLessThan(7_000);
    await membership.leave();
  });
});
