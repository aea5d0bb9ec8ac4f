// The producer's and consumer's knowledge of topics and leaders (Kafka's Metadata): refreshed when asked, when it is old
// (metadata.max.age.ms), one request at a time, with back-off between failures. Admin operations ask by themselves.

import type { Io, Timer } from '../../io/io.ts';
import { Errors, errorInfo } from '../../protocol/errors.ts';
import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import type { MetadataResponse } from '../../protocol/generated/apis/metadata-response.ts';
import { type ClientLog, METADATA_LOGGER, NETWORK_LOGGER } from '../client-log.ts';
import { type ClusterView, clusterView } from '../cluster-view.ts';
import type { NetworkConfig } from '../config/network-config.ts';
import { ClientError, errorOf, KafkaError, TimeoutError } from '../errors.ts';
import { chooseVersion } from '../net/api-versions.ts';
import { ExponentialBackoff } from '../net/backoff.ts';
import type { NetworkClient } from '../net/network-client.ts';
import type { Node } from '../types.ts';
import { mergeTopic, type TopicMetadata, withLeader } from './topic-metadata.ts';

/** What a refresh a little later won't mend. */
const HOPELESS: ReadonlySet<string> = new Set([
  'ConfigException',
  'UnsupportedVersionException',
  'SaslAuthenticationException',
  'SslAuthenticationException',
  'UnsupportedSaslMechanismException',
  'IllegalSaslStateException',
]);

export interface MetadataOptions {
  readonly io: Io;
  readonly network: NetworkClient;
  readonly config: NetworkConfig;
  /** The topics to ask for; undefined asks for all. */
  readonly topics: () => readonly string[] | undefined;
  readonly allowAutoTopicCreation: boolean;
  /** Called after every answer, with the knowledge updated. */
  readonly onUpdate: () => void;
  /** Told what an answer said of topics that it doesn't have (yet): {orders=LEADER_NOT_AVAILABLE}. */
  readonly log: ClientLog;
}

export class MetadataManager {
  readonly #options: MetadataOptions;
  readonly #backoff: ExponentialBackoff;
  readonly #known = new Map<string, TopicMetadata>();
  readonly #topicErrors = new Map<string, ClientError>();
  readonly #namesById = new Map<string, string>();
  #cluster: ClusterView = { clusterId: '', controller: undefined, nodes: new Map() };
  #timer: Timer | undefined;
  #isAsking = false;
  #isWanted = false;
  #failures = 0;
  #updates = 0;
  #lastCorrelationId = 0;
  #isClosed = false;
  #fatal: ClientError | undefined;

  constructor(options: MetadataOptions) {
    this.#options = options;
    const { retryBackoffMs, retryBackoffMaxMs } = options.config;
    this.#backoff = new ExponentialBackoff(retryBackoffMs, retryBackoffMaxMs, options.io.random);
  }

  /** How many answers came so far. */
  get updateCount(): number {
    return this.#updates;
  }

  /** A failure that no refresh mends (configuration, an unsupported version). */
  get fatalError(): ClientError | undefined {
    return this.#fatal;
  }

  get view(): ClusterView {
    return this.#cluster;
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#known.get(name);
  }

  allTopics(): IterableIterator<TopicMetadata> {
    return this.#known.values();
  }

  nameOf(topicId: string): string | undefined {
    return this.#namesById.get(topicId);
  }

  /** What the last answer said against the topic: an invalid name or no permission. Others pass. */
  errorOf(name: string): ClientError | undefined {
    return this.#topicErrors.get(name);
  }

  /** undefined when there is no leader, or it isn't among the nodes. */
  leaderOf(topic: string, partition: number): Node | undefined {
    const leader = this.#known.get(topic)?.partitions[partition];
    return leader === undefined ? undefined : this.#cluster.nodes.get(leader.leaderId);
  }

  node(id: number): Node | undefined {
    return this.#cluster.nodes.get(id);
  }

  /** A response of Produce or Fetch named the new leader (KIP-951). */
  learnLeader(topic: string, partition: number, leaderId: number, leaderEpoch: number): void {
    const known = this.#known.get(topic);
    if (known === undefined || leaderId < 0 || leaderEpoch < 0) return;
    this.#known.set(topic, withLeader(known, partition, { leaderId, leaderEpoch }));
  }

  /** Asks for an update soon; those that come while one is asked for are one. */
  requestUpdate(): void {
    if (this.#isClosed) return;
    if (this.#isAsking) {
      this.#isWanted = true;
      return;
    }
    if (this.#isWanted) return;
    this.#isWanted = true;
    const delayMs = this.#failures === 0 ? 0 : this.#backoff.delayMs(this.#failures - 1);
    if (delayMs === 0) void this.#refresh();
    else this.#schedule(delayMs, false);
  }

  /** As requestUpdate after a back-off: for an answer that wasn't what it should be. */
  requestUpdateLater(): void {
    if (this.#isClosed || this.#isAsking || this.#isWanted) return;
    this.#isWanted = true;
    this.#failures++;
    this.#schedule(this.#backoff.delayMs(this.#failures - 1), false);
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(delayMs: number, background: boolean): void {
    this.#timer?.cancel();
    this.#timer = this.#options.io.clock.setTimer(delayMs, () => void this.#refresh(), {
      background,
    });
  }

  async #refresh(): Promise<void> {
    if (this.#isClosed || this.#isAsking) return;
    this.#timer?.cancel();
    this.#isAsking = true;
    this.#isWanted = false;
    let isGood = false;
    try {
      this.#take(await this.#ask());
      isGood = true;
    } catch (error) {
      if (this.#isHopeless(error)) this.#fatal = error as ClientError;
    }
    this.#isAsking = false;
    if (this.#isClosed) return;
    this.#failures = isGood ? 0 : this.#failures + 1;
    const wasWanted = this.#isWanted;
    this.#isWanted = false;
    if (!isGood && this.#fatal === undefined) {
      this.#isWanted = true;
      this.#schedule(this.#backoff.delayMs(this.#failures - 1), false);
    } else if (wasWanted) {
      this.requestUpdate();
    } else {
      this.#schedule(this.#options.config.metadataMaxAgeMs, true);
    }
    this.#options.onUpdate();
  }

  async #ask(): Promise<MetadataResponse> {
    const { io, network, config } = this.#options;
    const deadlineMs = io.clock.monotonicMs() + config.requestTimeoutMs;
    const connection = await network.connectAny(
      deadlineMs,
      () => new TimeoutError('No node answered a metadata request'),
    );
    const version = chooseVersion(connection.versions, METADATA);
    const names = this.#options.topics();
    const topics = names === undefined ? null : names.map((name) => ({ name }));
    const allowAutoTopicCreation = this.#options.allowAutoTopicCreation;
    const request =
      version >= 4
        ? { topics, allowAutoTopicCreation }
        : { topics: topics ?? (version === 0 ? [] : null) };
    const asking = connection.request(METADATA, version, request, config.requestTimeoutMs);
    this.#lastCorrelationId = connection.lastCorrelationId;
    return asking;
  }

  #take(response: MetadataResponse): void {
    if (response.errorCode !== 0) throw errorOf(response.errorCode);
    const view = clusterView(response);
    if (view.nodes.size === 0) throw errorOf(Errors.LEADER_NOT_AVAILABLE);
    this.#cluster = view;
    this.#options.network.setKnown([...view.nodes.values()]);
    this.#updates++;
    this.#topicErrors.clear();
    const answered = new Set<string>();
    for (const topic of response.topics) {
      if (topic.name === null) continue;
      answered.add(topic.name);
      if (topic.errorCode === 0) this.#remember(mergeTopic(this.#known.get(topic.name), topic));
      else this.#takeError(topic.name, topic.errorCode);
    }
    for (const name of this.#known.keys()) if (!answered.has(name)) this.#forget(name);
    this.#tellTopicErrors(response);
  }

  #tellTopicErrors(response: MetadataResponse): void {
    const { log } = this.#options;
    const errors = response.topics.filter(({ errorCode }) => errorCode !== 0);
    if (errors.length === 0) return;
    const shown = errors.map(({ name, errorCode }) => `${name}=${errorInfo(errorCode).name}`);
    log(
      'WARN',
      `The metadata response from the cluster reported a recoverable issue with correlation id ${this.#lastCorrelationId} : {${shown.join(', ')}}`,
      NETWORK_LOGGER,
    );
    const named = (code: number) =>
      errors.filter(({ errorCode }) => errorCode === code).map(({ name }) => name);
    const invalid = named(Errors.INVALID_TOPIC_EXCEPTION);
    if (invalid.length > 0) {
      log(
        'ERROR',
        `Metadata response reported invalid topics [${invalid.join(', ')}]`,
        METADATA_LOGGER,
      );
    }
    const forbidden = named(Errors.TOPIC_AUTHORIZATION_FAILED);
    if (forbidden.length > 0) {
      log(
        'ERROR',
        `Topic authorization failed for topics [${forbidden.join(', ')}]`,
        METADATA_LOGGER,
      );
    }
  }

  #remember(topic: TopicMetadata): void {
    this.#known.set(topic.name, topic);
    this.#namesById.set(topic.topicId, topic.name);
  }

  #forget(name: string): void {
    const topic = this.#known.get(name);
    if (topic !== undefined) this.#namesById.delete(topic.topicId);
    this.#known.delete(name);
  }

  #takeError(name: string, code: number): void {
    const error = errorOf(code);
    // What was known stays known through a passing error, such as a leader being elected.
    if (!error.refreshMetadata || code === Errors.UNKNOWN_TOPIC_OR_PARTITION) this.#forget(name);
    if (code === Errors.INVALID_TOPIC_EXCEPTION) {
      this.#topicErrors.set(name, invalidTopics(name));
    } else if (code === Errors.TOPIC_AUTHORIZATION_FAILED) {
      this.#topicErrors.set(name, unauthorizedTopics(name));
    } else if (!error.retriable) {
      this.#topicErrors.set(name, error);
    }
  }

  #isHopeless(error: unknown): boolean {
    if (!(error instanceof ClientError)) return false;
    const { closed, isUnusable } = this.#options.network;
    if (error instanceof KafkaError && (closed || isUnusable)) return true;
    return HOPELESS.has(error.name);
  }
}

export function invalidTopics(...names: readonly string[]): ClientError {
  return new ClientError('InvalidTopicException', `Invalid topics: [${names.join(', ')}]`, {
    code: Errors.INVALID_TOPIC_EXCEPTION,
  });
}

export function unauthorizedTopics(...names: readonly string[]): ClientError {
  return new ClientError(
    'TopicAuthorizationException',
    `Not authorized to access topics: [${names.join(', ')}]`,
    { code: Errors.TOPIC_AUTHORIZATION_FAILED },
  );
}
