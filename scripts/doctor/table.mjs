/**
 * One thing that the product needs.
 * @typedef {{ what: string, found: string, fit: 'yes' | 'no' | 'absent', mend?: string }} Row
 *   `absent` is optional here and changes nothing; `mend` only where it helps
 */

const MARKS = { yes: '✓', no: '✗', absent: '·' };

/** The rows as aligned text: mark, what, found, how to mend it. @param {Row[]} rows */
export function formatTable(rows) {
  const whatWidth = Math.max(...rows.map(({ what }) => what.length));
  const foundWidth = Math.min(60, Math.max(...rows.map(({ found }) => found.length)));
  return rows
    .map(({ what, found, fit, mend }) => {
      const line = `${MARKS[fit]} ${what.padEnd(whatWidth)}  ${mend ? found.padEnd(foundWidth) : found}`;
      return mend ? `${line}  → ${mend}` : line;
    })
    .join('\n');
}

/** @param {Row[]} rows */
export function isHealthy(rows) {
  return rows.every(({ fit }) => fit !== 'no');
}
