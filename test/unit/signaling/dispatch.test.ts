import { describe, expect, it } from 'vitest';
import { answer, type Handlers } from '../../../server/signaling/dispatch.ts';
import { silentLog } from '../../../server/streams/log.ts';
import { TritoneError } from '../../../shared/errors.ts';

/** Handlers of which only `clock:read` and `participant:update` are reached. */
function handlersOf(some: Partial<Handlers>): Handlers {
  return some as Handlers;
}

const handlers = handlersOf({ 'clock:read': () => ({ nowMs: 12 }) });

describe('answer', () => {
  it('hands the checked payload over and the value back', async () => {
    expect(await answer(handlers, 'clock:read', undefined, silentLog)).toEqual({ ok: true, value: { nowMs: 12 } });
  });

  it.each(['nonsense', '__proto__', 'toString', ''])('answers the unknown event %j with a code', async (name) => {
    expect(await answer(handlers, name, {}, silentLog)).toMatchObject({
      ok: false,
      error: { code: 'request.unknown_event' },
    });
  });

  it.each([[{ name: 7 }], ['text'], [{ name: ' ' }], [{ name: 'x'.repeat(61) }], [{ language: 'Hindi!' }]])(
    'answers a payload that does not fit, %j, and calls no handler',
    async (payload) => {
      const called: unknown[] = [];
      const noting = handlersOf({
        'participant:update': (change) => {
          called.push(change);
          return {};
        },
      });
      const result = await answer(noting, 'participant:update', payload, silentLog);
      expect(result).toMatchObject({ ok: false, error: { code: 'request.invalid', retryable: false } });
      expect(called).toEqual([]);
    },
  );

  it("passes a part's own error on and hides every other", async () => {
    const failing = (cause: unknown) =>
      handlersOf({
        'clock:read': () => {
          throw cause;
        },
      });
    expect(await answer(failing(new TritoneError('room.not_joined')), 'clock:read', {}, silentLog)).toMatchObject({
      error: { code: 'room.not_joined' },
    });
    const hidden = await answer(failing(new Error('secret path')), 'clock:read', {}, silentLog);
    expect(hidden).toMatchObject({ error: { code: 'internal' } });
    expect(JSON.stringify(hidden)).not.toContain('secret');
  });
});
