// What a data directory holds, part by part: how it gets there, and how to see through the wire that it still is there.
// A new kind of holding is one file in holdings/ and its line in holdings/index.ts.

import type { KafkaClient } from '../../src/client/kafka-client.ts';

export type Who = 'kafta' | 'apache';

export interface Stage {
  readonly who: Who;
  /** 0 for the broker that made the directory, then one more with each take-over. */
  readonly round: number;
  readonly client: KafkaClient;
  /** Of the listener where one has to log in. */
  readonly saslBootstrap: string;
  /** Whether the broker that runs serves an API. */
  readonly serves: (apiKey: number) => boolean;
  /** Broker epochs, producer ids … that later rounds must not give again; kept over the whole trip. */
  readonly memory: Map<string, number>;
}

/** Name → text, to be the same before a take-over and after it. What a broker can't tell is left out. */
export type Observations = Map<string, string>;

export interface Holding {
  readonly name: string;
  /** Writes something new in each round. */
  add(stage: Stage): Promise<void>;
  observe(stage: Stage): Promise<Observations>;
  /** What must hold beyond equality; an empty list when it does. */
  check?(stage: Stage): Promise<string[]>;
}
