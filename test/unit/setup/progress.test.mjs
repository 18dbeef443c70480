import { describe, expect, it } from 'vitest';
import { doneLine, Progress } from '../../../scripts/setup/steps.mjs';

function stage({ isTTY = false, columns = 80 } = {}) {
  const written = [];
  let nowMs = 0;
  const out = { isTTY, columns, write: (text) => written.push(text) };
  const progress = new Progress({ out, now: () => nowMs });
  const pass = (ms) => {
    nowMs += ms;
  };
  return { progress, pass, written };
}

describe('the progress of set-up', () => {
  it('says what, how big, how long', () => {
    const done = { what: 'Python environment', detail: 'nvidia-pytriton 0.7.0', megabytes: 118 };
    expect(doneLine({ ...done, seconds: 24.4 })).toBe('✓ Python environment (nvidia-pytriton 0.7.0)  118 MB  24 s');
    expect(doneLine({ what: 'Certificate', seconds: 0.21 })).toBe('✓ Certificate  0.2 s');
  });

  it('is a line at the start and one at the end of a step where there is no terminal', async () => {
    const { progress, pass, written } = stage();
    const value = await progress.step('Node', 'about 55 MB', async () => {
      pass(6000);
      return { value: 'bin', megabytes: 124 };
    });
    expect(value).toBe('bin');
    expect(written).toEqual(['… Node (about 55 MB)\n', '✓ Node  124 MB  6.0 s\n']);
  });

  it('says now and then how far a long step has come, at a terminal at once', async () => {
    const plain = stage();
    await plain.progress.step('Worker', 'long', async (tell) => {
      tell(1);
      plain.pass(15_000);
      for (const percent of [10, 11]) tell(percent);
      plain.pass(15_000);
      tell(11);
      return {};
    });
    expect(plain.written).toEqual(['… Worker (long)\n', '… 10 % Worker\n', '✓ Worker  30 s\n']);
    const terminal = stage({ isTTY: true });
    await terminal.progress.step('Worker', 'long', async (tell) => {
      tell(1);
      return {};
    });
    expect(terminal.written).toContain('\r\u001b[2K… 1 % Worker');
  });

  it('marks a step that failed and lets its reason through', async () => {
    const { progress, written } = stage();
    await expect(progress.step('Node', '', () => Promise.reject(new Error('full')))).rejects.toThrow('full');
    expect(written.at(-1)).toBe('✗ Node\n');
  });

  it('keeps what still runs on the last line of a terminal, cut to its width', async () => {
    const { progress, written } = stage({ isTTY: true, columns: 12 });
    let end = () => {};
    const long = progress.step('Worker build', '', () => new Promise((resolve) => (end = () => resolve({}))));
    await progress.step('Node', '', async () => ({}));
    expect(written.at(-1)).toBe('\r\u001b[2K✓ Node  0.0 s\n… Worker bu');
    end();
    await long;
    expect(written.at(-1)).toBe('\r\u001b[2K✓ Worker build  0.0 s\n');
  });
});
