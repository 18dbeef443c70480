/**
 * `npm test [-- STAGE...] [-- FILTER...]`: set-up, then every stage (checks, python, unit, integration, e2e) or those named;
 * further words pick test files. The last line is "N passed, N failed".
 */
import { describeFailure } from './setup/failure.mjs';
import { prepare } from './setup/prepare.mjs';
import { Progress } from './setup/steps.mjs';
import { closingLine, sum } from './test/results.mjs';
import { STAGES } from './test/stages.mjs';

const words = process.argv.slice(2).filter((word) => word !== '--');
const named = words.filter((word) => word in STAGES);
const filters = words.filter((word) => !(word in STAGES));
const names = named.length > 0 ? named : Object.keys(STAGES);

async function main() {
  const startedAt = performance.now();
  let prepared;
  try {
    prepared = await prepare({ progress: new Progress(), forTests: true });
  } catch (error) {
    console.log(describeFailure(error));
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const tallies = [];
  const lines = [];
  for (const name of names) {
    console.log(`\n── ${name}`);
    const stageAt = performance.now();
    const tally = await STAGES[name](prepared, filters);
    tallies.push(tally);
    const seconds = Math.round((performance.now() - stageAt) / 1000);
    const skipped = tally.skipped ? `, ${tally.skipped} skipped` : '';
    lines.push(`${tally.failed ? '✗' : '✓'} ${name}: ${closingLine(tally)}${skipped} (${seconds} s)`);
  }
  console.log(`\n${lines.join('\n')}`);
  console.log(`all of it: ${Math.round((performance.now() - startedAt) / 1000)} s`);
  return sum(tallies);
}

const total = await main();
console.log(closingLine(total));
process.exit(total.failed > 0 ? 1 : 0); // what a failed set-up left under way ends with us
