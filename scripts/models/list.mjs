import { MODELS } from './manifest.mjs';
import { stateOf } from './store.mjs';

const MARKS = { installed: '✓', begun: '…', absent: '·' };
const gigabytes = (megabytes) => `${(megabytes / 1000).toFixed(1)} GB`;

/** Every row of the manifest in a few lines: what is here, what it costs, what it may be used for. */
export function formatList(cache) {
  const lines = MODELS.flatMap((row) => [
    `${MARKS[stateOf(cache, row)]} ${row.name}  ${row.what}`,
    `    about ${gigabytes(row.megabytes)} from ${row.repository}, about ${gigabytes(row.vramMegabytes)} of GPU memory, for ${row.model}`,
    `    ${row.licence}`,
    `    languages: ${row.languages}`,
    ...(row.remark ? [`    ${row.remark}`] : []),
  ]);
  const legend =
    '✓ installed, … begun, · not here. Sizes are estimates; nothing of it was verified before its first pull.';
  return [...lines, '', legend].join('\n');
}
