import { describe, expect, it, vi } from 'vitest';
import { languageName, settleLanguage } from '../../../client/demo/src/lib/languages.ts';
import { Emitter } from '../../../client/sdk/emitter.ts';
import { emptyRoomState, foldRoomState } from '../../../client/sdk/roomState.ts';
import type { CaptionsStatus } from '../../../shared/protocol.ts';
import { entry } from '../sdk/entries.ts';

const offering = (...tags: string[]): CaptionsStatus => ({
  state: 'ready',
  languages: tags.map((tag) => ({ tag, experimental: false })),
  translations: [],
});

/** A call in which one speaks `language`. */
function call(language: string, captionsStatus: CaptionsStatus) {
  const me = { participantId: 'me', name: 'Me', language, synthetic: false };
  const updates: object[] = [];
  const room = {
    events: new Emitter<{ captionsStatus: [] }>(),
    captionsStatus,
    participantId: 'me',
    state: foldRoomState(emptyRoomState, [entry(1, { type: 'participant-joined', ...me })]),
    update: async (change: object) => void updates.push(change),
  };
  return { room, updates };
}

describe('settleLanguage', () => {
  it('detects the language of who speaks one that the server does not know', () => {
    const { room, updates } = call('fr', offering('en', 'hi'));
    settleLanguage(room);
    expect(updates).toEqual([{ language: 'auto' }]);
  });

  it('leaves a known language alone', () => {
    const { room, updates } = call('hi', offering('en', 'hi'));
    settleLanguage(room);
    expect(updates).toEqual([]);
  });

  it('waits until the captions are ready, and decides once', () => {
    const { room, updates } = call('fr', { state: 'starting', languages: [], translations: [] });
    settleLanguage(room);
    expect(updates).toEqual([]);
    room.captionsStatus = offering('en');
    room.events.emit('captionsStatus');
    room.events.emit('captionsStatus');
    expect(updates).toEqual([{ language: 'auto' }]);
  });
});

describe('languageName', () => {
  it('is in English and in the language itself', () => {
    expect(languageName('hi')).toBe('Hindi · हिन्दी');
    expect(languageName('en')).toBe('English');
  });

  it.each(['ba', 'bo'])('is no bare code for %s where the browser has no name for it', (tag) => {
    const of = vi.spyOn(Intl.DisplayNames.prototype, 'of').mockImplementation((code) => code);
    expect(languageName(tag)).toMatch(/^(Bashkir|Tibetan) · /);
    of.mockRestore();
  });
});
