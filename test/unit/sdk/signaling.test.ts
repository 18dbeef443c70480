import { describe, expect, it } from 'vitest';
import { Signaling, type SignalingEvents } from '../../../client/sdk/signaling.ts';
import { TritoneError } from '../../../shared/errors.ts';
import { PROTOCOL_VERSION } from '../../../shared/limits.ts';
import { Door } from './door.ts';

function once<N extends keyof SignalingEvents>(signaling: Signaling, name: N): Promise<SignalingEvents[N]> {
  return new Promise((resolve) => {
    signaling.events.on(name, (...args) => resolve(args));
  });
}

async function connect(door: Door, requestDeadlineMs = 1_000): Promise<Signaling> {
  const signaling = new Signaling({ url: door.url, requestDeadlineMs });
  await once(signaling, 'connected');
  return signaling;
}

describe('Signaling', () => {
  it('tells its protocol version at the handshake, and its token where it has one', async () => {
    await using door = await Door.open({});
    const signaling = new Signaling({ url: door.url, token: 'secret' });
    await once(signaling, 'connected');
    signaling.close();
    expect(door.handshakes).toEqual([{ protocol: PROTOCOL_VERSION, token: 'secret' }]);
  });

  it('answers a request with the value that the server gave', async () => {
    await using door = await Door.open({ 'clock:read': () => ({ ok: true, value: { nowMs: 7 } }) });
    const signaling = await connect(door);
    await expect(signaling.request('clock:read', {})).resolves.toEqual({ nowMs: 7 });
    signaling.close();
  });

  it("throws the server's no with its code, and a code it does not know as internal", async () => {
    const full = new TritoneError('room.full', { room: 'ops' }).toBody();
    await using door = await Door.open({
      'room:join': () => ({ ok: false, error: full }),
      'room:leave': () => ({ ok: false, error: { code: 'room.haunted', message: 'Boo', retryable: false } }),
    });
    const signaling = await connect(door);
    const join = signaling.request('room:join', { room: 'ops', name: 'Ann' });
    await expect(join).rejects.toMatchObject({ code: 'room.full', retryable: true, message: 'Room ops is full' });
    await expect(signaling.request('room:leave', {})).rejects.toMatchObject({ code: 'internal', message: 'Boo' });
    signaling.close();
  });

  it('does not wait for ever for an answer', async () => {
    await using door = await Door.open({});
    const signaling = await connect(door, 50);
    await expect(signaling.request('clock:read', {})).rejects.toMatchObject({ code: 'connection.timeout' });
    signaling.close();
  });

  it('fails a request at once while there is no connection, and never sends it later', async () => {
    await using door = await Door.open({ 'clock:read': () => ({ ok: true, value: { nowMs: 7 } }) });
    const signaling = await connect(door);
    const returned = once(signaling, 'disconnected').then(() => once(signaling, 'connected'));
    const lost = once(signaling, 'disconnected').then(() => signaling.request('room:leave', {}));
    door.cut();
    await expect(lost).rejects.toMatchObject({ code: 'connection.lost', retryable: true });
    await returned;
    await signaling.request('clock:read', {});
    expect(door.asked.map(({ name }) => name)).toEqual(['clock:read']);
    signaling.close();
  });

  it('says that it is refused for good when the server speaks another protocol', async () => {
    const refusal = new TritoneError('protocol.version', { client: 1, server: 2 }).toBody();
    await using door = await Door.open({}, refusal);
    const signaling = new Signaling({ url: door.url });
    const [error] = await once(signaling, 'refused');
    expect(error).toMatchObject({ code: 'protocol.version', retryable: false });
    signaling.close();
  });

  it('passes notices on, until it is closed', async () => {
    await using door = await Door.open({});
    const signaling = await connect(door);
    const heard = once(signaling, 'active-speaker');
    door.notify('active-speaker', { participantId: 'ann' });
    expect(await heard).toEqual([{ participantId: 'ann' }]);
    signaling.close();
    expect(signaling.connected).toBe(false);
  });
});
