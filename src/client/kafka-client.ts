// What every admin operation talks through: bootstrap, node connections, the cluster's nodes, coordinators, retries and
// time-outs of single requests. One per process is enough; close() leaves no timer and no socket.

import type { Io } from '../io/io.ts';
import { UnsupportedVersionError as CodecVersionError } from '../protocol/codec-errors.ts';
import { Errors } from '../protocol/errors.ts';
import { DESCRIBE_CLUSTER } from '../protocol/generated/apis/describe-cluster.ts';
import { METADATA } from '../protocol/generated/apis/metadata.ts';
import type { Api } from '../protocol/message.ts';
import { Call } from './admin/call.ts';
import { type ClientLog, prefixed } from './client-log.ts';
import { type ClusterView, clusterView } from './cluster-view.ts';
import { type AdminConfig, adminConfig } from './config/admin-config.ts';
import { type CoordinatorKind, findCoordinator } from './coordinator-lookup.ts';
import {
  ClientError,
  DisconnectError,
  errorOf,
  KafkaError,
  UnsupportedVersionError,
} from './errors.ts';
import { chooseVersion, supports } from './net/api-versions.ts';
import { ExponentialBackoff } from './net/backoff.ts';
import type { BrokerConnection } from './net/broker-connection.ts';
import { NetworkClient } from './net/network-client.ts';
import { makeRequest, type RequestFor } from './net/request-for.ts';
import type { Node, OperationOptions } from './types.ts';

/** DescribeCluster's endpointType. */
export const CONTROLLERS = 2;

export interface KafkaClientOptions {
  /** `host:port` each, as bootstrap.servers. */
  readonly bootstrapServers: readonly string[];
  /** The servers are controllers: everything is asked of the active one (bootstrap.controllers, KIP-919). */
  readonly areControllers?: boolean;
  /** Java client properties; unknown names are ignored. */
  readonly config?: ReadonlyMap<string, string>;
  readonly io: Io;
  /** Taken when client.id isn't set; `adminclient-1` when absent. */
  readonly clientId?: string;
  readonly log?: ClientLog | undefined;
  /** A sentence for people, behind Kafka's, when no server answers. */
  readonly unreachableHint?: string | undefined;
}

/** Which broker a request goes to; a number is a node id. */
export type Target =
  | number
  | 'any'
  | 'controller'
  | { readonly coordinator: CoordinatorKind; readonly key: string };

export interface RequestOptions {
  readonly target?: Target;
  readonly minVersion?: number;
  readonly maxVersion?: number;
}

export interface SendOptions extends RequestOptions, OperationOptions {
  /** Java's call name, for time-out texts. */
  readonly callName: string;
}

export class KafkaClient {
  readonly io: Io;
  readonly config: AdminConfig;
  /** For src/client itself. */
  readonly network: NetworkClient;
  readonly retryBackoff: ExponentialBackoff;
  readonly #log: ClientLog | undefined;
  /** For src/client itself: the log, with the client named before each message. */
  readonly tell: ClientLog;
  /** Whether the nodes are controllers, asked of the active one. */
  readonly areControllers: boolean;
  /** For src/client itself. */
  readonly unreachableHint: string | undefined;
  #view: ClusterView | undefined;
  #viewAtMs = 0;
  #refreshing: Promise<ClusterView> | undefined;
  readonly #coordinators = new Map<string, Node>();

  /** Throws ConfigError for a bad value; a KafkaError around it for a bad address, as KafkaAdminClient. */
  constructor(options: KafkaClientOptions) {
    this.io = options.io;
    this.areControllers = options.areControllers ?? false;
    this.unreachableHint = options.unreachableHint;
    this.#log = options.log;
    this.config = adminConfig(options.config ?? new Map(), options.clientId ?? 'adminclient-1');
    const { network } = this.config;
    this.tell = prefixed(options.log, `AdminClient clientId=${network.clientId}`);
    try {
      const { io, bootstrapServers } = options;
      this.network = new NetworkClient(io, network, bootstrapServers, this.tell, false);
    } catch (error) {
      throw new KafkaError('Failed to create new KafkaAdminClient', error);
    }
    this.retryBackoff = new ExponentialBackoff(
      network.retryBackoffMs,
      network.retryBackoffMaxMs,
      options.io.random,
    );
  }

  /** Rejects as the constructor throws when no server's name has an address, or a store of certificates can't be used. */
  async prepare(): Promise<void> {
    try {
      await this.network.checkBootstrap(this.#log);
      await this.network.tls(this.#log);
    } catch (error) {
      throw new KafkaError('Failed to create new KafkaAdminClient', error);
    }
  }

  /** Begins an operation under Java's call name. */
  startCall(name: string, options: OperationOptions = {}): Call {
    return new Call(this, name, options.timeoutMs ?? this.config.apiTimeoutMs);
  }

  /** One request as an operation of its own; the response's error codes are the caller's business. */
  send<Q, R>(api: Api<Q, R>, request: RequestFor<Q>, options: SendOptions): Promise<R> {
    return this.request(this.startCall(options.callName, options), api, request, options);
  }

  /** Sends until answered: lost connections are retried within the call's deadline. Rejects with ClientError. */
  request<Q, R>(
    call: Call,
    api: Api<Q, R>,
    request: RequestFor<Q>,
    options: RequestOptions = {},
  ): Promise<R> {
    const asked = this.areControllers ? { ...options, target: 'controller' as const } : options;
    return this.#requestFrom(call, api, request, asked);
  }

  async #requestFrom<Q, R>(
    call: Call,
    api: Api<Q, R>,
    request: RequestFor<Q>,
    options: RequestOptions,
  ): Promise<R> {
    for (;;) {
      const connection = await this.#connectionTo(call, options.target ?? 'any');
      try {
        const version = chooseVersion(connection.versions, api, options);
        const draft = makeRequest(request, version);
        const timeoutMs = Math.min(this.config.network.requestTimeoutMs, call.leftMs);
        return await connection.request(api, version, draft, timeoutMs);
      } catch (error) {
        if (error instanceof CodecVersionError) throw new UnsupportedVersionError(error.message);
        if (!(error instanceof DisconnectError)) throw error;
        if (typeof options.target === 'object') this.forgetCoordinator(options.target);
        if (options.target !== 'any') this.#view = undefined;
        await call.backOff(error);
      }
    }
  }

  /** The versions that the target agrees on for an API, undefined when it doesn't serve it. */
  async versionOf<Q, R>(
    call: Call,
    api: Api<Q, R>,
    target: Target = 'any',
  ): Promise<number | undefined> {
    const connection = await this.#connectionTo(call, target);
    if (!supports(connection.versions, api)) return undefined;
    return chooseVersion(connection.versions, api);
  }

  /** The cluster's nodes; asked for anew after metadata.max.age.ms, or when `fresh`. */
  async cluster(call: Call, fresh = false): Promise<ClusterView> {
    const ageMs = this.io.clock.monotonicMs() - this.#viewAtMs;
    const isOld = ageMs > this.config.network.metadataMaxAgeMs;
    if (this.#view !== undefined && !fresh && !isOld) return this.#view;
    this.#refreshing ??= this.#refresh(call).finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /** Takes over what a Metadata response of any operation says of the nodes. */
  learn(view: ClusterView): void {
    if (view.nodes.size === 0) return;
    this.#view = view;
    this.#viewAtMs = this.io.clock.monotonicMs();
    this.network.setKnown([...view.nodes.values()]);
  }

  /** The next request to a node or the controller asks for metadata first. */
  forgetCluster(): void {
    this.#view = undefined;
  }

  forgetCoordinator(target: { coordinator: CoordinatorKind; key: string }): void {
    this.#coordinators.delete(`${target.coordinator} ${target.key}`);
  }

  /** The node that coordinates a group or transaction; found once and remembered until forgotten. */
  async coordinator(call: Call, kind: CoordinatorKind, key: string): Promise<Node> {
    const name = `${kind} ${key}`;
    let node = this.#coordinators.get(name);
    if (node === undefined) {
      node = await findCoordinator(this, call, kind, key);
      this.#coordinators.set(name, node);
    }
    return node;
  }

  /** Idempotent; pending calls reject. */
  async close(): Promise<void> {
    this.network.close();
  }

  async #refresh(call: Call): Promise<ClusterView> {
    for (;;) {
      const view = await (this.areControllers ? this.#askController(call) : this.#askBroker(call));
      if (view.nodes.size > 0) {
        this.learn(view);
        return view;
      }
      await call.backOff(errorOf(Errors.LEADER_NOT_AVAILABLE));
    }
  }

  async #askBroker(call: Call): Promise<ClusterView> {
    const request = { topics: [], allowAutoTopicCreation: false };
    const response = await this.#requestFrom(call, METADATA, request, { minVersion: 1 });
    if (response.errorCode !== 0) throw errorOf(response.errorCode);
    return clusterView(response);
  }

  async #askController(call: Call): Promise<ClusterView> {
    const request = { endpointType: CONTROLLERS };
    const response = await this.#requestFrom(call, DESCRIBE_CLUSTER, request, { minVersion: 1 });
    if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
    const nodes = response.brokers.map(({ brokerId, host, port, rack }) => {
      return { id: brokerId, host, port, rack };
    });
    return {
      clusterId: response.clusterId,
      controller: nodes.find(({ id }) => id === response.controllerId),
      nodes: new Map(nodes.map((node) => [node.id, node])),
    };
  }

  async #connectionTo(call: Call, target: Target): Promise<BrokerConnection> {
    for (;;) {
      if (target === 'any') return this.network.connectAny(call.deadlineMs, call.unreachable);
      const node = await this.#nodeOf(call, target);
      if (node === undefined) {
        // The node or the controller isn't known (yet): ask again until the deadline.
        await this.network.sleep(Math.min(call.leftMs, this.retryBackoff.delayMs(0)));
        if (call.leftMs <= 0) throw call.unassigned();
        this.network.checkOpen();
        this.#view = undefined;
        continue;
      }
      try {
        return await this.network.connect(node, 'data', call.deadlineMs, call.unassigned);
      } catch (error) {
        if (!(error instanceof DisconnectError)) throw asClientError(error);
        if (typeof target === 'object') this.forgetCoordinator(target);
        this.#view = undefined;
        if (call.leftMs <= 0) throw call.unassigned();
      }
    }
  }

  async #nodeOf(call: Call, target: Exclude<Target, 'any'>): Promise<Node | undefined> {
    if (typeof target === 'object') return this.coordinator(call, target.coordinator, target.key);
    const view = await this.cluster(call);
    return target === 'controller' ? view.controller : view.nodes.get(target);
  }
}

function asClientError(error: unknown): ClientError {
  return error instanceof ClientError ? error : new KafkaError(String(error), error);
}
