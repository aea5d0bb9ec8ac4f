// What the daemon knows of a broker; main.ts, which alone imports src/broker, hands in the real one.

import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';

export interface RunningBroker {
  readonly listeners: readonly {
    readonly name: string;
    readonly host: string;
    readonly port: number;
  }[];
  /** Settles when the broker can't go on. */
  readonly failed: Promise<Error>;
  shutdown(): Promise<void>;
}

export interface BrokerStarter {
  /** Formats the data directory when it is new; the cluster id either way. Throws when it is another's or damaged. */
  format(io: Io, config: BrokerConfig): string;
  start(options: {
    config: BrokerConfig;
    io: Io;
    log: (line: string) => void;
  }): Promise<RunningBroker>;
}
