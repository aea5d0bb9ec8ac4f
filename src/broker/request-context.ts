// What a handler knows of the request beside its body: who asks, over which listener, and the broker's services.

import type { ListenerRole } from './handler.ts';
import type { SaslSession } from './security/sasl-session.ts';
import type { BrokerServices } from './services.ts';

/** The part of a client's connection that handlers may see. */
export interface ClientPeer {
  readonly id: number;
  readonly remoteHost: string;
  readonly remotePort: number;
  /** From ApiVersions v3 on (KIP-511); 'unknown' before. */
  softwareName: string;
  softwareVersion: string;
  /** undefined on a listener without SASL. */
  readonly sasl: SaslSession | undefined;
  /** Ends the connection as soon as the request that is being answered has its answer. */
  closeAfterAnswer(reason: string): void;
  /** Runs the callback once when the connection is gone. The function returned forgets it. */
  onGone(callback: () => void): () => void;
}

export interface RequestContext {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  readonly listenerName: string;
  readonly role: ListenerRole;
  readonly peer: ClientPeer;
  readonly services: BrokerServices;
  /** Runs the callback once the answer is out, for buffers that it borrows. Not when the connection is lost before. */
  afterSent(callback: () => void): void;
}

/** Thrown by a handler that can only close the connection (a failed Produce with acks=0). */
export class CloseConnectionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CloseConnectionError';
  }
}
