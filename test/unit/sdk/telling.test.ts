import type { types } from 'mediasoup-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LocalTrack } from '../../../client/sdk/localTrack.ts';
import type { MediaConnection } from '../../../client/sdk/mediaConnection.ts';
import { RemoteTrack } from '../../../client/sdk/remoteTrack.ts';
import type { Door } from '../../../client/sdk/teller.ts';
import { ScriptedDoor } from './scriptedDoor.ts';

async function microphone(door: Door): Promise<LocalTrack> {
  const host = { signaling: door, changed: () => {}, close: () => {} };
  const media = { kind: 'audio', readyState: 'live', enabled: true } as MediaStreamTrack;
  const local = new LocalTrack(host, media, { source: 'microphone', muted: false });
  const producer = { id: 'mic', pause: () => {}, resume: () => {}, close: () => {} };
  await local.bind({ produce: async () => producer } as unknown as MediaConnection);
  return local;
}

function remote(door: Door): RemoteTrack {
  const track = { trackId: 't', participantId: 'bob', kind: 'audio', source: 'microphone', paused: false } as const;
  const remote = new RemoteTrack(track, door);
  remote.bind({ id: 'consumer', close: () => {} } as unknown as types.Consumer);
  return remote;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a local track', () => {
  it('tells its mute again, later and later, while the server refuses it for the moment', async () => {
    const door = new ScriptedDoor(['request.too_many', 'connection.timeout']);
    (await microphone(door)).mute();
    await vi.advanceTimersByTimeAsync(499);
    expect(door.asked).toEqual(['track:pause']);
    await vi.advanceTimersByTimeAsync(1);
    expect(door.asked).toEqual(['track:pause', 'track:pause']);
    await vi.advanceTimersByTimeAsync(999);
    expect(door.asked).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toEqual(['track:pause', 'track:pause', 'track:pause']);
  });

  it('tells the latest wish even where it looks like what the server knew: a request without an answer may have worked', async () => {
    const door = new ScriptedDoor(['connection.timeout']);
    const local = await microphone(door);
    local.mute();
    await vi.advanceTimersByTimeAsync(10);
    local.unmute();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toEqual(['track:pause', 'track:resume']);
  });

  it('asks no more where the server refuses for good', async () => {
    const door = new ScriptedDoor(['track.not_found']);
    (await microphone(door)).mute();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toHaveLength(1);
  });

  it('waits for the return of a lost connection, then tells', async () => {
    const door = new ScriptedDoor(['connection.lost']);
    const local = await microphone(door);
    door.connected = false;
    local.mute();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toHaveLength(1);
    door.connected = true;
    await local.sync();
    expect(door.asked).toEqual(['track:pause', 'track:pause']);
  });
});

describe('a remote track', () => {
  it('is resumed after a refusal, so that nobody stays silent', async () => {
    const door = new ScriptedDoor(['request.too_many']);
    remote(door);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toEqual(['consumer:resume', 'consumer:resume']);
  });

  it('does not wait out a pause when it is received anew', async () => {
    const door = new ScriptedDoor(['request.too_many']);
    const track = remote(door);
    await vi.advanceTimersByTimeAsync(10);
    track.bind({ id: 'another' } as unknown as types.Consumer);
    await vi.advanceTimersByTimeAsync(0);
    expect(door.asked).toEqual(['consumer:resume', 'consumer:resume']);
  });
});
