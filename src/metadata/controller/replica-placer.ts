// Spreads replicas over racks and brokers (StripedReplicaPlacer): racks in turn, brokers of a rack in turn, unfenced
// ones first, each from a random start. Chance comes in as a function; nothing here is stored.
import { ApiError, Errors } from '../../protocol/errors.ts';

export interface UsableBroker {
  readonly id: number;
  readonly rack: string | null;
  readonly fenced: boolean;
  /** All its directories are cordoned: it gets no new replicas. */
  readonly cordoned: boolean;
}

/** An integer in [0, bound). */
export type RandomInt = (bound: number) => number;

/** The replicas of each partition, leader first. Throws ApiError INVALID_REPLICATION_FACTOR. */
export function placeReplicas(
  partitionCount: number,
  replicationFactor: number,
  brokers: readonly UsableBroker[],
  random: RandomInt,
): number[][] {
  const racks = new RackList(
    brokers.filter((broker) => !broker.cordoned),
    random,
  );
  racks.check(replicationFactor);
  const placements: number[][] = [];
  for (let i = 0; i < partitionCount; i++) placements.push(racks.place(replicationFactor));
  return placements;
}

class BrokerRing {
  readonly ids: number[] = [];
  #index = 0;
  #offset = 0;
  #epoch = 0;

  start(random: RandomInt): void {
    this.ids.sort((a, b) => a - b);
    if (this.ids.length > 0) this.#offset = random(this.ids.length);
  }

  /** The next broker of this round; undefined when every one had its turn. */
  next(epoch: number): number | undefined {
    if (this.ids.length === 0) return undefined;
    if (this.#epoch !== epoch) {
      this.#epoch = epoch;
      this.#index = 0;
      this.#offset = (this.#offset + 1) % this.ids.length;
    }
    if (this.#index >= this.ids.length) return undefined;
    const id = this.ids[(this.#index + this.#offset) % this.ids.length];
    this.#index++;
    return id;
  }
}

interface Rack {
  readonly unfenced: BrokerRing;
  readonly fenced: BrokerRing;
}

class RackList {
  readonly #racks: Rack[];
  readonly #random: RandomInt;
  readonly #brokerCount: number;
  readonly #unfencedCount: number;
  #epoch = 0;
  #offset: number;

  constructor(brokers: readonly UsableBroker[], random: RandomInt) {
    const byName = new Map<string, Rack>();
    for (const broker of brokers) {
      const name = broker.rack ?? '';
      const rack = byName.get(name) ?? { unfenced: new BrokerRing(), fenced: new BrokerRing() };
      byName.set(name, rack);
      (broker.fenced ? rack.fenced : rack.unfenced).ids.push(broker.id);
    }
    this.#racks = [...byName.keys()].sort().map((name) => byName.get(name) as Rack);
    for (const rack of this.#racks) {
      rack.fenced.start(random);
      rack.unfenced.start(random);
    }
    this.#random = random;
    this.#brokerCount = brokers.length;
    this.#unfencedCount = brokers.filter((broker) => !broker.fenced).length;
    this.#offset = this.#racks.length === 0 ? 0 : random(this.#racks.length);
  }

  check(replicationFactor: number): void {
    if (replicationFactor <= 0) {
      throw refused(
        `Invalid replication factor ${replicationFactor}: the replication factor must be positive.`,
      );
    }
    if (this.#unfencedCount === 0) {
      throw refused(
        'All brokers are currently fenced, or have all their log directories cordoned.',
      );
    }
    if (replicationFactor > this.#brokerCount) {
      throw refused(
        `The target replication factor of ${replicationFactor} cannot be reached because only ` +
          `${this.#brokerCount} broker(s) are registered or some brokers have all their log directories cordoned.`,
      );
    }
  }

  place(replicationFactor: number): number[] {
    if (this.#epoch === this.#unfencedCount && this.#unfencedCount > 1) {
      this.#shuffle();
      this.#epoch = 0;
    }
    if (this.#offset === this.#racks.length) this.#offset = 0;
    const replicas: number[] = [];
    let firstRack = this.#offset;
    while (replicas.length === 0) {
      const leader = (this.#racks[firstRack] as Rack).unfenced.next(this.#epoch);
      if (leader === undefined) firstRack = (firstRack + 1) % this.#racks.length;
      else replicas.push(leader);
    }
    this.#addFollowers(replicas, replicationFactor, firstRack);
    this.#epoch++;
    this.#offset++;
    return replicas;
  }

  /** Racks in turn; the leader's rack is passed over once. */
  #addFollowers(replicas: number[], replicationFactor: number, leaderRack: number): void {
    let skip = leaderRack;
    let rack = this.#offset;
    while (replicas.length < replicationFactor) {
      if (rack === skip) skip = -1;
      else {
        const { unfenced, fenced } = this.#racks[rack] as Rack;
        const id = unfenced.next(this.#epoch) ?? fenced.next(this.#epoch);
        if (id !== undefined) replicas.push(id);
      }
      rack = (rack + 1) % this.#racks.length;
    }
  }

  #shuffle(): void {
    shuffleInPlace(this.#racks, this.#random);
    for (const rack of this.#racks) {
      shuffleInPlace(rack.fenced.ids, this.#random);
      shuffleInPlace(rack.unfenced.ids, this.#random);
    }
  }
}

const refused = (sentence: string): ApiError =>
  new ApiError(Errors.INVALID_REPLICATION_FACTOR, sentence);

function shuffleInPlace<T>(items: T[], random: RandomInt): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random(i + 1);
    const held = items[i] as T;
    items[i] = items[j] as T;
    items[j] = held;
  }
}
