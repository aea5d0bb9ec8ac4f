// Creates the internal topics of streams applications when a heartbeat finds them missing, without making it wait: the
// next ones find them. Why one couldn't be created is remembered for two heartbeats, so that it isn't asked for again
// and again. As DefaultAutoTopicCreationManager.createStreamsInternalTopics. Bounded by what the applications name.

import type { Clock } from '../io/io.ts';
import type { Controller } from '../metadata/controller/controller.ts';
import { Errors, errorInfo } from '../protocol/errors.ts';
import type { CreatableTopic } from '../protocol/generated/apis/create-topics-request.ts';

const TIMEOUT_MS = 30_000;
/** Failures that are remembered; with more, the oldest go. */
const MAX_FAILURES = 1000;

interface Failure {
  readonly message: string;
  readonly untilMs: number;
}

export class StreamsTopicCreation {
  readonly #controller: Controller;
  readonly #clock: Clock;
  readonly #log: (line: string) => void;
  readonly #onTheirWay = new Set<string>();
  readonly #failures = new Map<string, Failure>();

  constructor(controller: Controller, clock: Clock, log: (line: string) => void) {
    this.#controller = controller;
    this.#clock = clock;
    this.#log = log;
  }

  /** Returns at once; what is on its way or has failed of late is left out. */
  request(topics: readonly CreatableTopic[], rememberFailuresMs: number): void {
    const wanted = topics.filter(
      ({ name }) => !this.#onTheirWay.has(name) && this.#failureOf(name) === undefined,
    );
    if (wanted.length === 0) return;
    for (const { name } of wanted) this.#onTheirWay.add(name);
    this.#create(wanted, rememberFailuresMs).finally(() => {
      for (const { name } of wanted) this.#onTheirWay.delete(name);
    });
  }

  /** [topic, why it couldn't be created], of those that failed of late. */
  failures(topics: readonly CreatableTopic[]): [string, string][] {
    return topics.flatMap(({ name }): [string, string][] => {
      const failure = this.#failureOf(name);
      return failure === undefined ? [] : [[name, failure.message]];
    });
  }

  #failureOf(topic: string): Failure | undefined {
    const failure = this.#failures.get(topic);
    return failure !== undefined && failure.untilMs > this.#clock.nowMs() ? failure : undefined;
  }

  async #create(topics: CreatableTopic[], rememberFailuresMs: number): Promise<void> {
    const fail = (name: string, message: string): void =>
      this.#remember(name, { message, untilMs: this.#clock.nowMs() + rememberFailuresMs });
    try {
      const response = await this.#controller.createTopics({
        topics,
        timeoutMs: TIMEOUT_MS,
        validateOnly: false,
      });
      for (const { name, errorCode, errorMessage } of response.topics) {
        if (errorCode === Errors.NONE || errorCode === Errors.TOPIC_ALREADY_EXISTS) continue;
        fail(name, errorMessage ?? errorInfo(errorCode).message ?? String(errorCode));
      }
    } catch (error) {
      for (const { name } of topics) fail(name, (error as Error).message);
    }
  }

  #remember(topic: string, failure: Failure): void {
    this.#log(`could not create internal topic ${topic}: ${failure.message}`);
    this.#failures.delete(topic);
    this.#failures.set(topic, failure);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_FAILURES && oldest !== undefined) this.#failures.delete(oldest);
  }
}
