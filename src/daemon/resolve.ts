// Which broker a command talks to: --bootstrap-server › --cluster › KAFTA_BOOTSTRAP_SERVER › the current context ›
// the embedded broker of KAFTA_CLUSTER, which is started when it isn't running.

import type { Io } from '../io/io.ts';
import { currentContext } from './contexts.ts';
import { ensureBroker } from './ensure.ts';
import { clusterName, clusterPlaces } from './places.ts';
import { addressOf } from './state.ts';

export interface ResolveOptions {
  readonly explicit: string | undefined;
  readonly cluster: string | undefined;
  readonly io: Io;
  /** For the one line that tells of a start. */
  say(line: string): void;
  /** Shows that it goes on; the result ends that. */
  progress?(text: string): () => void;
}

/** A bootstrap list. Rejects with an Error whose message is the line to show. */
export async function resolveBootstrap(options: ResolveOptions): Promise<string> {
  const { explicit, cluster, io, say } = options;
  if (explicit !== undefined) return explicit;
  if (cluster === undefined) {
    const configured = process.env.KAFTA_BOOTSTRAP_SERVER || currentContext(io, process.env);
    if (configured) return configured;
  }
  const places = clusterPlaces(clusterName(cluster, process.env), process.env);
  const done = options.progress?.(`Starting the broker '${places.cluster}'`);
  const { state, wasStarted, remark } = await ensureBroker(io, places).finally(done);
  if (wasStarted) {
    const stop = `kafta broker stop${places.cluster === 'default' ? '' : ` --cluster ${places.cluster}`}`;
    const why = remark === undefined ? '' : ` (${remark})`;
    say(`Started the embedded broker at ${addressOf(state)}${why}; '${stop}' ends it.`);
  }
  return addressOf(state);
}
