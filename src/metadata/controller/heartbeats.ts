// When each broker was last heard of, and how far it has read (BrokerHeartbeatManager): soft state, gone with the
// process, never written. A broker that wasn't heard of since this controller began has no session yet.
// It never fences anyone; it tells who is stale.

export type BrokerState = 'fenced' | 'unfenced' | 'controlled-shutdown' | 'shutdown-now';

interface Contact {
  readonly lastMs: number;
  readonly epoch: number;
  readonly metadataOffset: number;
  readonly fenced: boolean;
  /** The offset that others must reach before it may go; -1 outside a controlled shutdown. */
  readonly controlledShutdownOffset: number;
}

/** Equals no broker's epoch. */
const NO_EPOCH = -2;

export class Heartbeats {
  readonly #sessionTimeoutMs: number;
  readonly #contacts = new Map<number, Contact>();

  constructor(sessionTimeoutMs: number) {
    this.#sessionTimeoutMs = sessionTimeoutMs;
  }

  hasValidSession(brokerId: number, epoch: number, nowMs: number): boolean {
    const contact = this.#contacts.get(brokerId);
    return contact !== undefined && contact.epoch === epoch && !this.#isStale(contact, nowMs);
  }

  /** An unfenced broker of an earlier life gets the time of one session to show up; it has none till then. */
  expect(brokerId: number, nowMs: number): void {
    this.#contacts.set(brokerId, {
      lastMs: nowMs,
      epoch: NO_EPOCH,
      metadataOffset: -1,
      fenced: false,
      controlledShutdownOffset: -1,
    });
  }

  touch(
    brokerId: number,
    epoch: number,
    metadataOffset: number,
    fenced: boolean,
    nowMs: number,
  ): void {
    const previous = this.#contacts.get(brokerId);
    const isSame = previous?.epoch === epoch;
    this.#contacts.set(brokerId, {
      lastMs: nowMs,
      epoch,
      metadataOffset,
      fenced,
      controlledShutdownOffset: isSame && !fenced ? previous.controlledShutdownOffset : -1,
    });
  }

  beginControlledShutdown(brokerId: number, offset: number): void {
    const contact = this.#contacts.get(brokerId);
    if (contact === undefined) return;
    this.#contacts.set(brokerId, { ...contact, controlledShutdownOffset: offset });
  }

  controlledShutdownOffset(brokerId: number): number {
    return this.#contacts.get(brokerId)?.controlledShutdownOffset ?? -1;
  }

  remove(brokerId: number): void {
    this.#contacts.delete(brokerId);
  }

  /** How far the slowest broker that serves has read; Infinity when none serves. */
  lowestActiveOffset(): number {
    let lowest = Number.POSITIVE_INFINITY;
    for (const contact of this.#contacts.values()) {
      if (!contact.fenced && contact.controlledShutdownOffset < 0) {
        lowest = Math.min(lowest, contact.metadataOffset);
      }
    }
    return lowest;
  }

  /** Unfenced brokers whose session is over. */
  staleBrokers(nowMs: number): number[] {
    const stale: number[] = [];
    for (const [id, contact] of this.#contacts) {
      if (!contact.fenced && this.#isStale(contact, nowMs)) stale.push(id);
    }
    return stale;
  }

  #isStale(contact: Contact, nowMs: number): boolean {
    return nowMs - contact.lastMs > this.#sessionTimeoutMs;
  }
}
