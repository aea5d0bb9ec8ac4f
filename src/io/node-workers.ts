// Threads of Node: which file each program is, built or as source, and messages to and fro. A program that isn't there
// (a bundle without it) is nobody's error: the work is then done in the thread that asked.

import { existsSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parentPort, Worker } from 'node:worker_threads';
import type { WorkerChannel, WorkerProgram, Workers } from './io.ts';

const SOURCES: Readonly<Record<WorkerProgram, string>> = {
  'log-cleaner': '../log/cleaner/worker-main.ts',
};

/** From the source, from dist, or from one of the chunks beneath it. */
function programFile(program: WorkerProgram): string | undefined {
  const candidates = import.meta.url.endsWith('.ts')
    ? [SOURCES[program]]
    : [`./${program}.cjs`, `../${program}.cjs`];
  return candidates
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));
}

export const nodeWorkers: Workers = {
  start(program) {
    const file = programFile(program);
    return file === undefined ? undefined : channelTo(new Worker(file, { execArgv: [] }));
  },
};

function channelTo(worker: Worker): WorkerChannel {
  // A thread at work doesn't keep the process alive: who stops it waits for it.
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (callback) => {
      worker.on('message', callback);
    },
    onFailure: (callback) => {
      worker.on('error', callback);
      worker.on('exit', (code) => callback(new Error(`The thread ended with ${code}`)));
    },
    stop: async () => {
      await worker.terminate();
    },
  };
}

/** Unix's nice value: beside a thread of the usual priority that wants all of a core, a quarter of it. */
const BACKGROUND_NICENESS = 5;

/** Others go first from now on. Only Linux has priorities of threads; elsewhere it would be the whole process. */
export function giveThreadLowPriority(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, BACKGROUND_NICENESS);
  } catch {
    // Not allowed to: then it is as it was.
  }
}

/** Within a thread: the way to the one that started it. */
export function parentChannel(): Pick<WorkerChannel, 'post' | 'onMessage'> {
  const port = parentPort;
  if (port === null) throw new Error('This program runs in a thread of another one');
  return {
    post: (message) => port.postMessage(message),
    onMessage: (callback) => {
      port.on('message', callback);
    },
  };
}
