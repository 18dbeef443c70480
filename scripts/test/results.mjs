/**
 * What a stage came to. `failed` counts at least one when the stage as a whole failed, however few tests said so.
 * @typedef {{ passed: number, failed: number, skipped: number }} Tally
 */

/**
 * Tally of vitest's JSON report.
 * @param {string | undefined} report undefined when vitest wrote none
 * @param {number} exitCode
 * @returns {Tally}
 */
export function tallyOfVitest(report, exitCode) {
  const none = { passed: 0, failed: 0, skipped: 0 };
  let tally = none;
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests = 0, testResults = [] } = JSON.parse(report);
    // A file that fails to load, or in its hooks, has no failed test to show for it.
    const failedFiles = testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
    ).length;
    tally = { passed: numPassedTests, failed: numFailedTests + failedFiles, skipped: numPendingTests + numTodoTests };
  } catch {
    return { ...none, failed: 1 };
  }
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * Tally of pytest's last line: "12 passed, 1 failed, 2 skipped in 0.31s".
 * @param {string} output
 * @param {number} exitCode 5 means that there were no tests
 * @returns {Tally}
 */
export function tallyOfPytest(output, exitCode) {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0);
  const tally = {
    passed: count('passed') + count('xpassed'),
    failed: count('failed') + count('errors?'),
    skipped: count('skipped') + count('deselected') + count('xfailed'),
  };
  const isFailure = exitCode !== 0 && exitCode !== 5;
  return isFailure && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/** @param {Tally[]} tallies */
export function sum(tallies) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const tally of tallies) for (const key of Object.keys(total)) total[key] += tally[key];
  return total;
}

/** The last line of `npm test`. @param {Tally} tally */
export function closingLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}
