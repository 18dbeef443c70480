import { limits, roomNamePattern } from '../../../sdk/index.ts';

const adjectives = ['amber', 'bright', 'calm', 'clear', 'early', 'gentle', 'golden', 'quiet', 'silver', 'warm'];
const nouns = ['bell', 'brook', 'chord', 'echo', 'harbour', 'lark', 'meadow', 'river', 'song', 'willow'];

export function inventRoomName(): string {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint16Array(3));
  return `${adjectives[a % adjectives.length]}-${nouns[b % nouns.length]}-${c % 1000}`;
}

/** Spaces and what a link would have to escape become hyphens. */
export function tidyRoomName(typed: string): string {
  return typed
    .trim()
    .replace(/[^\p{L}\p{M}\p{N}_-]+/gu, '-')
    .replace(/^[-_]+|-+$/gu, '')
    .slice(0, limits.roomLength);
}

/** A sentence for people, or undefined when the name will do. */
export function roomNameProblem(name: string): string | undefined {
  if (name === '') return 'Give the room a name';
  return roomNamePattern.test(name) ? undefined : 'Use letters, digits, - and _ only';
}
