import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CallDevices, type DeviceRoom } from '../../../client/demo/src/call/callDevices.ts';
import { settings } from '../../../client/demo/src/lib/settings.ts';
import type { LocalTrack } from '../../../client/sdk/localTrack.ts';
import { TritoneError } from '../../../shared/errors.ts';
import type { TrackSource } from '../../../shared/roomLog.ts';

/** A captured track: all that is looked at is whether it still runs. */
class Media extends EventTarget {
  readyState = 'live';
  contentHint = '';
  label = '';
  readonly kind: 'audio' | 'video';

  constructor(kind: 'audio' | 'video') {
    super();
    this.kind = kind;
  }

  stop(): void {
    this.readyState = 'ended';
  }

  getSettings(): object {
    return {};
  }
}

/** A call that takes tracks, but refuses those of `refused`. */
function call(refused: readonly TrackSource[] = []) {
  const tracks = new Map<TrackSource, LocalTrack>();
  const room = {
    localTrack: (source: TrackSource) => tracks.get(source),
    setSpeaker: async () => {},
    publish: async (media: MediaStreamTrack, { source }: { source: TrackSource }) => {
      if (refused.includes(source)) throw new TritoneError('access.denied', { action: 'publish' });
      const local = {
        muted: false,
        mediaStreamTrack: media,
        mute: () => {
          local.muted = true;
        },
        unmute: () => {
          local.muted = false;
        },
        follow: () => {},
        close: () => tracks.delete(source),
      };
      tracks.set(source, local as unknown as LocalTrack);
      return local;
    },
  } as unknown as DeviceRoom;
  return { tracks, devices: new CallDevices(room) };
}

let picture: Media;
let sound: Media;

beforeEach(() => {
  picture = new Media('video');
  sound = new Media('audio');
  const screen = { getVideoTracks: () => [picture], getAudioTracks: () => [sound] };
  const mediaDevices = {
    addEventListener: () => {},
    getDisplayMedia: async () => screen,
    getUserMedia: async () => ({ getTracks: () => [new Media('audio')] }),
  };
  vi.stubGlobal('navigator', { language: 'en-GB', mediaDevices });
});
afterEach(() => void vi.unstubAllGlobals());

const running = () => [picture.readyState, sound.readyState];

describe('the microphone button', () => {
  it('remembers what the person wants: on, off, on', async () => {
    const { devices, tracks } = call();
    settings.change({ microphoneOn: false });
    devices.toggleMicrophone();
    expect(settings.current.microphoneOn).toBe(true);
    await vi.waitFor(() => expect(tracks.has('microphone')).toBe(true));
    devices.toggleMicrophone();
    expect(settings.current.microphoneOn).toBe(false);
    devices.toggleMicrophone();
    expect(settings.current.microphoneOn).toBe(true);
  });
});

describe('sharing a screen', () => {
  it('sends picture and sound until it is stopped', async () => {
    const { devices, tracks } = call();
    devices.toggleScreen();
    await vi.waitFor(() => expect([...tracks.keys()]).toEqual(['screen', 'screen-audio']));
    devices.toggleScreen();
    expect(tracks.size).toBe(0);
    expect(running()).toEqual(['ended', 'ended']);
  });

  it('stops capturing when the call does not take it', async () => {
    const { devices } = call(['screen']);
    const problem = new Promise((resolve) => devices.events.on('problem', resolve));
    devices.toggleScreen();
    expect(await problem).toMatchObject({ code: 'access.denied' });
    expect(running()).toEqual(['ended', 'ended']);
  });

  it('goes on without its sound when only that is refused', async () => {
    const { devices } = call(['screen-audio']);
    const problem = new Promise((resolve) => devices.events.on('problem', resolve));
    devices.toggleScreen();
    await problem;
    expect(running()).toEqual(['live', 'ended']);
  });

  it('stops capturing picture and sound when the call ends while the person chooses', async () => {
    const { devices } = call();
    devices.toggleScreen();
    devices.close();
    await vi.waitFor(() => expect(running()).toEqual(['ended', 'ended']));
  });
});
