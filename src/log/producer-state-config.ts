// What the producer states of all partitions go by; one object for a whole broker, changed while it runs.
// (org.apache.kafka.storage.internals.log.ProducerStateManagerConfig)

const DAY_MS = 86_400_000;

export interface ProducerStateSettings {
  /** producer.id.expiration.ms: a producer that wrote nothing for so long is forgotten. */
  readonly expirationMs: number;
  /** transaction.partition.verification.enable: transactional records need a word of the coordinator (KIP-890). */
  readonly verifiesTransactions: boolean;
}

export class ProducerStateConfig implements ProducerStateSettings {
  #settings: ProducerStateSettings;

  constructor(settings: Partial<ProducerStateSettings> = {}) {
    this.#settings = { expirationMs: DAY_MS, verifiesTransactions: false, ...settings };
  }

  get expirationMs(): number {
    return this.#settings.expirationMs;
  }

  get verifiesTransactions(): boolean {
    return this.#settings.verifiesTransactions;
  }

  reconfigure(settings: ProducerStateSettings): void {
    this.#settings = settings;
  }
}
