// Which plays are held against Apache Kafka's answers, and where those are kept.

import { join } from 'node:path';
import { UPDATE_FEATURES } from '../../../src/protocol/generated/apis/update-features.ts';
import type { RawClient } from '../support/raw-client.ts';

export interface PlayChoice {
  readonly seed: number;
  readonly steps: number;
  readonly onlyOldVersions: boolean;
}

export interface RecordedPlay extends PlayChoice {
  readonly lines: readonly string[];
}

export const recordedFile = join(import.meta.dirname, 'answers-of-4.3.1.json.gz');

/** What 4.3.1 answered to scripted.ts, a line each. */
export const scriptedFile = join(import.meta.dirname, 'scripted-answers-of-4.3.1.txt');

function plays(firstSeed: number, count: number, onlyOldVersions = false): PlayChoice[] {
  return Array.from({ length: count }, (_, n) => {
    return { seed: firstSeed + n, steps: 80, onlyOldVersions };
  });
}

/** By level of transaction.version, downwards. */
export const repertoire = [
  {
    transactionVersion: 2,
    // The last one has plain records in the middle of a producer's transaction.
    plays: [...plays(2000, 12), { seed: 428, steps: 150, onlyOldVersions: false }],
  },
  { transactionVersion: 1, plays: plays(1000, 4) },
  // Requests of KIP-890 make no sense to this one: Apache Kafka's coordinator doesn't get over them.
  { transactionVersion: 0, plays: plays(100, 4, true) },
];

const SAFE_DOWNGRADE = 2;

export async function setTransactionVersion(client: RawClient, level: number): Promise<void> {
  const { errorCode, errorMessage } = await client.send(UPDATE_FEATURES, 1, {
    timeoutMs: 30_000,
    featureUpdates: [
      { feature: 'transaction.version', maxVersionLevel: level, upgradeType: SAFE_DOWNGRADE },
    ],
  });
  if (errorCode !== 0) throw new Error(`transaction.version ${level}: ${errorMessage}`);
}
