import { defineConfig } from 'vitest/config';

/** Unit tests beside nothing but loopback; e2e tests start real daemons and run what the build made. */
export default defineConfig({
  test: {
    // Vitest alone would leave a core to its watcher, of which there is none.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/daemon/**', 'test/interop/**', 'test/robustness/**'],
          testTimeout: 20_000,
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
