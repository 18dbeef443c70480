import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { errorTable, TritoneError } from '../../../shared/errors.ts';

describe('the error table', () => {
  it('has a remedy in docs/errors.md for every row, and no remedy without a row', async () => {
    const docs = await readFile(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
    const documented = new Map(
      [...docs.matchAll(/^\| `([\w.]+)` \|([^|]*)\|([^|]*)\|$/gm)].map(([, code, cause, remedy]) => [
        code,
        { cause, remedy },
      ]),
    );
    expect([...documented.keys()].sort()).toEqual(Object.keys(errorTable).sort());
    for (const [code, row] of documented) expect(row.remedy?.trim().length, `remedy of ${code}`).toBeGreaterThan(10);
  });

  it('puts the fields into the sentence and keeps the cause to itself', () => {
    const error = new TritoneError('room.full', { room: 'ops' }, { cause: new Error('inner') });
    expect(error.toBody()).toEqual({ code: 'room.full', message: 'Room ops is full', retryable: true });
  });

  it('leaves a TritoneError as it is when it passes through', () => {
    const inner = new TritoneError('inference.busy', { model: 'moonshine' });
    expect(TritoneError.from(inner, 'internal')).toBe(inner);
    expect(TritoneError.from('odd', 'internal')).toMatchObject({ code: 'internal', cause: 'odd' });
  });
});
