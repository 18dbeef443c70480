import { describe, expect, it } from 'vitest';
import { clockTime, initials, plainName, splitAt } from '../../../client/demo/src/lib/format.ts';
import { tileGrid } from '../../../client/demo/src/lib/tileGrid.ts';

describe('clockTime', () => {
  it.each([
    [0, '00:00'],
    [75_900, '01:15'],
    [3_675_000, '1:01:15'],
    [-5, '00:00'],
  ])('writes %i ms as %s', (ms, text) => {
    expect(clockTime(ms)).toBe(text);
  });
});

describe('initials', () => {
  it.each([
    ['Ada Lovelace', 'AL'],
    ['ann', 'A'],
    ['  Jean  Luc  Picard ', 'JP'],
    ['हिमांशी राव', 'हिरा'],
    ['', ''],
    ['\u202eEvil Mallory', 'EM'],
  ])('of %j are %j', (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

describe('plainName', () => {
  it('drops what would turn the text around it, and keeps what scripts need', () => {
    expect(plainName('Mal\u202elory\u2066')).toBe('Mallory');
    expect(plainName('क्\u200dष')).toBe('क्\u200dष');
  });
});

describe('splitAt', () => {
  it('counts what a reader sees as one letter', () => {
    expect(splitAt('नमस्ते दुनिया', 3)).toEqual(['नमस्ते', ' दुनिया']);
    expect(splitAt('hello', 0)).toEqual(['', 'hello']);
    expect(splitAt('hello', 99)).toEqual(['hello', '']);
  });
});

describe('tileGrid', () => {
  it.each([
    [1, 900, 600, 1],
    [2, 900, 600, 2],
    [4, 900, 600, 2],
    [2, 380, 700, 1],
    [9, 900, 600, 3],
  ])('puts %i people on %i by %i pixels into %i columns', (count, width, height, columns) => {
    expect(tileGrid(count, width, height, 10).columns).toBe(columns);
  });

  it('never gives a tile more than there is', () => {
    const { columns, tileWidth, tileHeight } = tileGrid(7, 500, 400, 10);
    const rows = Math.ceil(7 / columns);
    expect(columns * tileWidth + (columns - 1) * 10).toBeLessThanOrEqual(500.001);
    expect(rows * tileHeight + (rows - 1) * 10).toBeLessThanOrEqual(400.001);
  });
});
