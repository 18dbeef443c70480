import type { types } from 'mediasoup-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { IceKeeper, type KeptTransport } from '../../../client/sdk/iceKeeper.ts';
import { MediaConnection } from '../../../client/sdk/mediaConnection.ts';
import { ScriptedDoor } from './scriptedDoor.ts';

type StateListener = (state: types.ConnectionState) => void;

/** A transport whose path the test breaks. */
function transport() {
  let listener: StateListener | undefined;
  const kept = {
    id: 'transport',
    connectionState: 'connected' as types.ConnectionState,
    on: (_: string, added: StateListener) => {
      listener = added;
    },
    restartIce: async () => {},
    fail: () => {
      kept.connectionState = 'failed';
      listener?.('failed');
    },
  };
  return kept;
}

function keep(door: ScriptedDoor) {
  const lost = vi.fn();
  const kept = transport();
  new IceKeeper(kept as unknown as KeptTransport, door, lost);
  return { kept, lost };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('IceKeeper', () => {
  it('gives a transport up at once that the server knows no more', async () => {
    const door = new ScriptedDoor(['media.transport_not_found']);
    const { kept, lost } = keep(door);
    kept.fail();
    await vi.advanceTimersByTimeAsync(0);
    expect(lost).toHaveBeenCalledOnce();
  });

  it('tries a refused restart again before it gives up', async () => {
    const door = new ScriptedDoor(['request.too_many']);
    const { kept, lost } = keep(door);
    kept.fail();
    await vi.advanceTimersByTimeAsync(2_000);
    kept.connectionState = 'connected';
    await vi.advanceTimersByTimeAsync(60_000);
    expect(door.asked).toEqual(['transport:restart-ice', 'transport:restart-ice']);
    expect(lost).not.toHaveBeenCalled();
  });
});

describe('MediaConnection', () => {
  it('is lost as soon as the server answers that it knows its transports no more', async () => {
    const door = new ScriptedDoor([], { transportId: 'transport' });
    const device = {
      createSendTransport: transport,
      createRecvTransport: transport,
      recvRtpCapabilities: {},
    } as unknown as types.Device;
    const onLost = vi.fn();
    const connection = await MediaConnection.open({ signaling: door, device, onLost });
    door.refuse('media.transport_not_found');
    await expect(connection.consume('track', 'stream')).rejects.toMatchObject({ code: 'media.transport_not_found' });
    expect(onLost).toHaveBeenCalledOnce();
  });
});
