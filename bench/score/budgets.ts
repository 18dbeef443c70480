import type { Summary } from './summary.ts';

/** Limits that a run keeps or not, ms. */
export interface Budget {
  readonly firstTextP50: number;
  readonly firstTextP95: number;
  readonly finalP50: number;
  readonly finalP95: number;
  /** Utterances that may be without a final, percent. */
  readonly neverFinal: number;
}

const MOST_NEVER_FINAL = 5;
const FEW_SPEAKERS = 4;

/** What Tritone promises on two CPU cores. */
export function budgetFor(speakers: number): Budget {
  return speakers <= FEW_SPEAKERS
    ? { firstTextP50: 600, firstTextP95: 1100, finalP50: 550, finalP95: 800, neverFinal: MOST_NEVER_FINAL }
    : { firstTextP50: 750, firstTextP95: 1300, finalP50: 550, finalP95: 800, neverFinal: MOST_NEVER_FINAL };
}

/** As slow as a given run, and a quarter more: what one speaker gets elsewhere, as a limit for many. */
export function budgetLike({ firstText, final, neverFinal }: Summary): Budget {
  const slack = (value: number | undefined) => 1.25 * (value ?? Number.POSITIVE_INFINITY);
  return {
    firstTextP50: slack(firstText.p50),
    firstTextP95: slack(firstText.p95),
    finalP50: slack(final.p50),
    finalP95: slack(final.p95),
    neverFinal: Math.max(MOST_NEVER_FINAL, neverFinal),
  };
}

export function keeps({ firstText, final, neverFinal }: Summary, budget: Budget): boolean {
  return (
    within(firstText.p50, budget.firstTextP50) &&
    within(firstText.p95, budget.firstTextP95) &&
    within(final.p50, budget.finalP50) &&
    within(final.p95, budget.finalP95) &&
    neverFinal <= budget.neverFinal
  );
}

/** The last third of the run is clearly later than the first, or much is never final: more comes in than goes out. */
export function lagGrows({ finalEarly, finalLate, neverFinal }: Summary): boolean {
  const [early, late] = [finalEarly.p50, finalLate.p50];
  return neverFinal > 25 || early === undefined || late === undefined || late > 1.5 * early + 250;
}

function within(value: number | undefined, limit: number): boolean {
  return value !== undefined && value <= limit;
}
