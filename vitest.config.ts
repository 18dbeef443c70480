import { defineConfig } from 'vitest/config';

const SECOND_MS = 1000;

/** Real processes share this machine's cores and ports: their files run one after another, and slowly on a small machine. */
const withRealProcesses = { fileParallelism: false, hookTimeout: 120 * SECOND_MS, teardownTimeout: 30 * SECOND_MS };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.{ts,mjs}'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          testTimeout: 60 * SECOND_MS,
          ...withRealProcesses,
        },
      },
      {
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120 * SECOND_MS, ...withRealProcesses },
      },
    ],
  },
});
