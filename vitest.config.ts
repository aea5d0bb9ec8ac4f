import { defineConfig } from 'vitest/config';

const TOO_LONG_MS = 20_000;
const HEAP = 'test/**/allocation.test.ts';

/**
 * Unit tests beside nothing but loopback; what they measure of the heap, in processes of their own; simulations, which play
 * whole brokers and logs through kills and power cuts; e2e tests, which start real daemons and run what the build made.
 */
export default defineConfig({
  test: {
    // Vitest alone would leave a core to its watcher, of which there is none.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [
            HEAP,
            'test/simulation/**',
            'test/e2e/**',
            'test/daemon/**',
            'test/interop/**',
            'test/robustness/**',
          ],
          testTimeout: TOO_LONG_MS,
          // Loading the sources anew for each file would take as long as the tests.
          isolate: false,
        },
      },
      { test: { name: 'heap', include: [HEAP], testTimeout: TOO_LONG_MS } },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts'],
          testTimeout: TOO_LONG_MS,
          isolate: false,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/daemon/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
