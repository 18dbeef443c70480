import { describe, expect, it } from 'vitest';
import { CodePoints } from '../../../server/inference/codePoints.ts';

describe('CodePoints', () => {
  it('tells where a code point stands in UTF-16, however the text came', () => {
    const text = 'a𝄞b🙂🙂 नमस्ते c';
    const places = new CodePoints();
    places.append(text.slice(0, 3));
    places.append(text.slice(3));
    const letters = [...text];
    letters.forEach((_, place) => {
      expect(places.toUtf16(place)).toBe(letters.slice(0, place).join('').length);
    });
    expect(places.toUtf16(letters.length)).toBe(text.length);
  });

  it('takes a place beyond the text for its end', () => {
    const places = new CodePoints();
    places.append('🙂');
    expect(places.toUtf16(7)).toBe(2);
  });
});
