// The ports of an embedded broker: the ones of last time, else 9092 and upwards. Tries each by listening on it.

import { type Io, NetworkError } from '../io/io.ts';
import type { Ports } from './settings.ts';

export const DEFAULT_PORT = 9092;
const MOST_TRIED = 200;

/** Two free ports from `first` on. Rejects when none of the next 200 is free. */
export async function freePorts(io: Io, first: number): Promise<Ports> {
  const broker = await nextFree(io, first);
  return { broker, controller: await nextFree(io, broker + 1) };
}

/** Whether `port` can be listened on, this moment, on the loopback. */
export async function isFree(io: Io, port: number): Promise<boolean> {
  try {
    const listener = await io.network.listen({ host: 'localhost', port }, (connection) =>
      connection.destroy(),
    );
    await listener.close();
    return true;
  } catch (error) {
    if (error instanceof NetworkError) return false;
    throw error;
  }
}

async function nextFree(io: Io, first: number): Promise<number> {
  for (let port = first; port < first + MOST_TRIED && port < 65_536; port++) {
    if (await isFree(io, port)) return port;
  }
  throw new Error(
    `No port from ${first} on is free; choose one with 'kafta broker start --port N'.`,
  );
}
