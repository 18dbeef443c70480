/** The fifteen mouth shapes that voices tell and faces show. @see Meta's Oculus LipSync viseme reference */
export const VISEMES = ['sil', 'PP', 'FF', 'TH', 'DD', 'kk', 'CH', 'SS', 'nn', 'RR', 'aa', 'E', 'I', 'O', 'U'] as const;
export type VisemeName = (typeof VISEMES)[number];

/** A mouth shape and when it is held; samples at the rate of the sound that it belongs to. */
export interface Viseme {
  readonly viseme: VisemeName;
  readonly startSample: number;
  readonly endSample: number;
}
