import { describe, expect, it } from 'vitest';
import { roomNameSchema } from '../../../shared/protocol.ts';
import { roomKey } from '../../../shared/roomName.ts';

describe('the name of a room', () => {
  it.each([
    ['Stand-Up', 'stand-up'],
    ['cafe\u0301', 'CAFÉ'],
    ['Straße', 'STRASSE'],
    ['ΟΔΟΣ', 'οδος'],
    ['Ｒｏｏｍ７', 'room7'],
    ['ﬁle', 'FILE'],
    ['\u0915\u093c', '\u0958'],
  ])('%s is the same as %s', (one, other) => {
    expect(roomNameSchema.parse(one)).toBe(roomNameSchema.parse(other));
    expect(roomKey(roomKey(one))).toBe(roomKey(one));
  });

  it.each([
    ['resume', 'résumé'],
    ['कि', 'की'],
    ['a_b', 'a-b'],
  ])('%s is not %s', (one, other) => {
    expect(roomNameSchema.parse(one)).not.toBe(roomNameSchema.parse(other));
  });

  it('holds nothing that a link would have to escape, whatever Unicode makes of a digit', () => {
    for (const name of ['⒈', '⑴x', '½']) expect(roomNameSchema.parse(name)).toMatch(/^[\p{L}\p{M}\p{N}_-]+$/u);
    expect(roomNameSchema.safeParse('a/b').success).toBe(false);
  });
});
