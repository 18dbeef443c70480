import { describe, expect, it } from 'vitest';
import { parseGpus } from '../../../scripts/doctor/machine.mjs';
import { formatTable, isHealthy } from '../../../scripts/doctor/table.mjs';
import { closingLine, sum, tallyOfPytest, tallyOfVitest } from '../../../scripts/test/results.mjs';

const report = (more) =>
  JSON.stringify({ numPassedTests: 3, numFailedTests: 0, numPendingTests: 1, testResults: [], ...more });

describe('the sum of npm test', () => {
  it('closes with one line', () => {
    expect(
      closingLine(
        sum([
          { passed: 2, failed: 1, skipped: 0 },
          { passed: 3, failed: 0, skipped: 4 },
        ]),
      ),
    ).toBe('5 passed, 1 failed');
  });

  it("takes vitest's counts from its report", () => {
    expect(tallyOfVitest(report({ numFailedTests: 2 }), 1)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });

  it('counts a file that does not load as failed, though none of its tests is', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(tallyOfVitest(report({ testResults }), 1).failed).toBe(1);
  });

  it('never takes a failing stage for a good one', () => {
    expect(tallyOfVitest(report({}), 1).failed).toBe(1);
    expect(tallyOfVitest(undefined, 0).failed).toBe(1);
    expect(tallyOfPytest('Segmentation fault', 139).failed).toBe(1);
  });

  it("reads pytest's last line", () => {
    expect(tallyOfPytest('....\n1 failed, 12 passed, 2 skipped in 0.31s\n', 1)).toEqual({
      passed: 12,
      failed: 1,
      skipped: 2,
    });
    expect(tallyOfPytest('2 passed, 1 error in 1.00s', 1)).toMatchObject({ passed: 2, failed: 1 });
    expect(tallyOfPytest('no tests ran in 0.00s', 5)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });
});

describe("the doctor's table", () => {
  it('is healthy with what is optional absent, not with what is needed unfit', () => {
    const gpu = { what: 'GPU', found: 'none', fit: 'absent' };
    expect(isHealthy([gpu])).toBe(true);
    expect(isHealthy([gpu, { what: 'Node', found: 'v20', fit: 'no' }])).toBe(false);
  });

  it('says behind what is unfit how to mend it', () => {
    const table = formatTable([
      { what: 'Node', found: 'v24', fit: 'yes' },
      { what: 'Port', found: '3000: EADDRINUSE', fit: 'no', mend: 'set PORT' },
    ]);
    expect(table).toBe('✓ Node  v24\n✗ Port  3000: EADDRINUSE  → set PORT');
  });

  it("reads nvidia-smi's rows, one a GPU", () => {
    expect(parseGpus('NVIDIA H100 80GB HBM3, 81559, 9.0, 570.1\n')).toEqual([
      { name: 'NVIDIA H100 80GB HBM3', memoryMb: 81_559, capability: '9.0', driver: '570.1' },
    ]);
  });
});
