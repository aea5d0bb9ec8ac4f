// Producer ids for idempotent producers, from blocks that the controller hands out (KIP-730, RPCProducerIdManager).
// An id is given once in the life of a cluster; what is left of a block is lost at a restart.

import type { Controller } from '../metadata/controller/controller.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

export class ProducerIds {
  readonly #controller: Controller;
  readonly #brokerId: number;
  readonly #brokerEpoch: () => number;
  #nextId = 0;
  #endId = 0;
  #pending: Promise<void> | undefined;

  constructor(controller: Controller, brokerId: number, brokerEpoch: () => number) {
    this.#controller = controller;
    this.#brokerId = brokerId;
    this.#brokerEpoch = brokerEpoch;
  }

  /** @throws ApiError COORDINATOR_LOAD_IN_PROGRESS when the controller gives none: the client tries again */
  async next(): Promise<number> {
    while (this.#nextId >= this.#endId) {
      this.#pending ??= this.#fetchBlock().finally(() => {
        this.#pending = undefined;
      });
      await this.#pending;
    }
    return this.#nextId++;
  }

  async #fetchBlock(): Promise<void> {
    const { errorCode, producerIdStart, producerIdLen } =
      await this.#controller.allocateProducerIds({
        brokerId: this.#brokerId,
        brokerEpoch: this.#brokerEpoch(),
      });
    if (errorCode !== Errors.NONE || producerIdLen <= 0) {
      throw new ApiError(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }
    this.#nextId = producerIdStart;
    this.#endId = producerIdStart + producerIdLen;
  }
}
