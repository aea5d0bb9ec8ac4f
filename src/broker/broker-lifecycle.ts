// The broker's standing with the controller: registration, heartbeats, and the leaving in good order.
// As BrokerLifecycleManager, over method calls, because the controller lives in the same process.

import type { Clock, Timer } from '../io/io.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import { ApiError, Errors } from '../protocol/errors.ts';
import type { BrokerRegistrationRequest } from '../protocol/generated/apis/broker-registration-request.ts';

export interface BrokerLifecycleOptions {
  readonly controller: Controller;
  readonly clock: Clock;
  readonly registration: BrokerRegistrationRequest;
  /** broker.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number;
  /** Ids of the log directories that failed. */
  readonly offlineLogDirs: () => readonly string[];
  /** Ids of those in which nothing new is put (KIP-1066). */
  readonly cordonedLogDirs: () => readonly string[];
  readonly log: (line: string) => void;
  /** The controller refuses this broker for good. */
  readonly onFatal: (error: Error) => void;
}

/** How often it asks before it leaves that to time. */
const HEARTBEATS_AT_ONCE = 10;

export class BrokerLifecycle {
  readonly #options: BrokerLifecycleOptions;
  #epoch = -1;
  #timer: Timer | undefined;
  #isLeaving = false;
  #isStopped = false;

  constructor(options: BrokerLifecycleOptions) {
    this.#options = options;
  }

  get brokerEpoch(): number {
    return this.#epoch;
  }

  /** Registers and asks to be unfenced; resolves when the controller counts on this broker, or won't for now. */
  async start(): Promise<void> {
    await this.register();
    if (await this.#staysFenced()) this.#options.log('the controller keeps this broker fenced');
    this.#schedule();
  }

  /** Again under the same epoch, fenced or not as it is, once the broker is known. */
  async register(): Promise<void> {
    const { controller, registration } = this.#options;
    const { errorCode, brokerEpoch } = await controller.registerBroker(registration);
    if (errorCode !== Errors.NONE) throw new ApiError(errorCode);
    this.#epoch = brokerEpoch;
  }

  /** Between two heartbeats: the controller hears at once of directories that were cordoned or freed. */
  async tell(): Promise<void> {
    if (this.#epoch >= 0 && !this.#isLeaving) await this.#heartbeat();
  }

  /** Controlled shutdown: partitions that others can lead move away first. */
  async leave(): Promise<void> {
    if (this.#epoch < 0 || this.#isLeaving) return;
    this.#isLeaving = true;
    this.#timer?.cancel();
    try {
      for (let attempt = 0; attempt < HEARTBEATS_AT_ONCE; attempt++) {
        if ((await this.#heartbeat()).shouldShutDown) return;
      }
      this.#options.log('the controller did not let this broker leave; it leaves nevertheless');
    } finally {
      this.#isStopped = true;
    }
  }

  /** The first heartbeat shows that it is caught up; a fenced answer means once more. */
  async #staysFenced(): Promise<boolean> {
    for (let attempt = 0; attempt < HEARTBEATS_AT_ONCE; attempt++) {
      if (!(await this.#heartbeat()).isFenced) return false;
    }
    return true;
  }

  async #heartbeat(): Promise<{ isFenced: boolean; shouldShutDown: boolean }> {
    const { controller, registration } = this.#options;
    const response = await controller.brokerHeartbeat({
      brokerId: registration.brokerId,
      brokerEpoch: this.#epoch,
      currentMetadataOffset: controller.lastCommittedOffset,
      wantFence: false,
      wantShutDown: this.#isLeaving,
      offlineLogDirs: [...this.#options.offlineLogDirs()],
      cordonedLogDirs: [...this.#options.cordonedLogDirs()],
    });
    if (response.errorCode !== Errors.NONE) throw new ApiError(response.errorCode);
    return response;
  }

  #schedule(): void {
    if (this.#isLeaving || this.#isStopped) return;
    const { clock, heartbeatIntervalMs } = this.#options;
    this.#timer = clock.setTimer(heartbeatIntervalMs, () => this.#beat(), { background: true });
  }

  #beat(): void {
    this.#heartbeat().then(
      () => this.#schedule(),
      (error: Error) => {
        if (this.#isLeaving || this.#isStopped) return;
        this.#options.log(`heartbeat failed: ${error.message}`);
        if (error instanceof ApiError && error.code === Errors.STALE_BROKER_EPOCH) {
          // Somebody unregistered this broker: it lives, so it comes back.
          this.start().catch((reason: Error) => this.#options.onFatal(reason));
        } else {
          this.#schedule();
        }
      },
    );
  }
}
