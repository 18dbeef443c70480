import { describe, expect, it, vi } from 'vitest';
import { Emitter } from '../../../client/sdk/emitter.ts';

describe('Emitter', () => {
  it('tells every listener until it stops listening', () => {
    const emitter = new Emitter<{ said: [word: string] }>();
    const heard: string[] = [];
    emitter.on('said', (word) => heard.push(`a ${word}`));
    const stop = emitter.on('said', (word) => heard.push(`b ${word}`));
    emitter.emit('said', 'one');
    stop();
    emitter.emit('said', 'two');
    expect(heard).toEqual(['a one', 'b one', 'a two']);
  });

  it('reports a listener that throws, and goes on to the next', () => {
    const reported = vi.fn();
    vi.stubGlobal('reportError', reported);
    const emitter = new Emitter<{ said: [] }>();
    const next = vi.fn();
    emitter.on('said', () => {
      throw new Error('broken');
    });
    emitter.on('said', next);
    emitter.emit('said');
    vi.unstubAllGlobals();
    expect(reported).toHaveBeenCalledOnce();
    expect(next).toHaveBeenCalledOnce();
  });
});
