// The real Io: the system's clock, files, sockets and entropy. Made once, by an entry point or a test.

import type { Io } from './io.ts';
import { nodeClock } from './node-clock.ts';
import { nodeDisk } from './node-disk.ts';
import { nodeNetwork } from './node-network.ts';
import { nodeRandom } from './node-random.ts';
import { nodeWorkers } from './node-workers.ts';

export function nodeIo(): Io {
  return {
    clock: nodeClock,
    disk: nodeDisk,
    network: nodeNetwork,
    random: nodeRandom,
    workers: nodeWorkers,
  };
}
