/**
 * What tells rooms apart: two names are one room where people would read the same, whatever the case and the form of
 * Unicode (NFKC, case-folded: UAX 31 R5). Pages show the name as it was typed.
 */
export function roomKey(name: string): string {
  // Capitals first: ß and ss, ς and σ fold together.
  const folded = name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');
  // NFKC spells some digits with dots and brackets, which a room's name does not hold.
  return folded.replace(/[^\p{L}\p{M}\p{N}_-]/gu, '-');
}
