// The consumer's line to its group coordinator: finding it, one connection of its own (a join may hold up what is behind it),
// and what a code says about the coordinator itself. Knows nothing of membership.

import type { Io } from '../../../io/io.ts';
import { Errors } from '../../../protocol/errors.ts';
import { FIND_COORDINATOR } from '../../../protocol/generated/apis/find-coordinator.ts';
import type { Api } from '../../../protocol/message.ts';
import type { NetworkConfig } from '../../config/network-config.ts';
import { type ClientError, DisconnectError, errorOf, TimeoutError } from '../../errors.ts';
import { chooseVersion, type VersionRange } from '../../net/api-versions.ts';
import type { NetworkClient } from '../../net/network-client.ts';
import { makeRequest, type RequestFor } from '../../net/request-for.ts';
import type { Node } from '../../types.ts';

const GROUP_KEY_TYPE = 0;

export interface CoordinatorRequestOptions extends Partial<VersionRange> {
  readonly timeoutMs?: number;
  /** The coordinator may answer late (a join, a sync): brokers read nothing behind it from that connection till then. */
  readonly isSlow?: boolean;
}

export class GroupCoordinatorClient {
  readonly #io: Io;
  readonly #network: NetworkClient;
  readonly #config: NetworkConfig;
  readonly #groupId: string;
  #node: Node | undefined;
  #slowRequests = 0;

  constructor(io: Io, network: NetworkClient, config: NetworkConfig, groupId: string) {
    this.#io = io;
    this.#network = network;
    this.#config = config;
    this.#groupId = groupId;
  }

  get isKnown(): boolean {
    return this.#node !== undefined;
  }

  /** One request, one try. Rejects with ClientError; a lost connection forgets the coordinator. */
  async request<Q, R>(
    api: Api<Q, R>,
    request: RequestFor<Q>,
    options: CoordinatorRequestOptions = {},
  ): Promise<R> {
    if (options.isSlow !== true) return this.#ask(api, request, options);
    this.#slowRequests += 1;
    try {
      return await this.#ask(api, request, options);
    } finally {
      this.#slowRequests -= 1;
    }
  }

  async #ask<Q, R>(
    api: Api<Q, R>,
    request: RequestFor<Q>,
    options: CoordinatorRequestOptions,
  ): Promise<R> {
    const timeoutMs = options.timeoutMs ?? this.#config.requestTimeoutMs;
    const deadlineMs = this.#io.clock.monotonicMs() + timeoutMs;
    this.#node ??= await this.#find(deadlineMs);
    const timedOut = () => new TimeoutError('The group coordinator could not be reached in time');
    const isHeldUp = this.#slowRequests > 0 && options.isSlow !== true;
    const purpose = isHeldUp ? 'data' : 'coordinator';
    try {
      const connection = await this.#network.connect(this.#node, purpose, deadlineMs, timedOut);
      const version = chooseVersion(connection.versions, api, options);
      const draft = makeRequest(request, version);
      return await connection.request(api, version, draft, timeoutMs);
    } catch (error) {
      if (error instanceof DisconnectError || error instanceof TimeoutError) this.forget();
      throw error;
    }
  }

  /** The next request looks it up anew. */
  forget(): void {
    this.#node = undefined;
  }

  /** Takes note of what a response's code says of the coordinator; returns its error, undefined for 0. */
  check(code: number, message?: string | null): ClientError | undefined {
    if (code === 0) return undefined;
    if (code === Errors.NOT_COORDINATOR || code === Errors.COORDINATOR_NOT_AVAILABLE) this.forget();
    if (code === Errors.GROUP_AUTHORIZATION_FAILED) {
      return errorOf(code, `Not authorized to access group: ${this.#groupId}`);
    }
    return errorOf(code, message);
  }

  async #find(deadlineMs: number): Promise<Node> {
    const connection = await this.#network.connectAny(
      deadlineMs,
      () => new TimeoutError('No node answered a coordinator request'),
    );
    const version = chooseVersion(connection.versions, FIND_COORDINATOR);
    const keyType = version >= 1 ? { keyType: GROUP_KEY_TYPE } : {};
    const request =
      version >= 4
        ? { ...keyType, coordinatorKeys: [this.#groupId] }
        : { ...keyType, key: this.#groupId };
    const response = await connection.request(
      FIND_COORDINATOR,
      version,
      request,
      this.#config.requestTimeoutMs,
    );
    const found = version >= 4 ? response.coordinators[0] : response;
    if (found === undefined) throw errorOf(Errors.COORDINATOR_NOT_AVAILABLE);
    const error = this.check(found.errorCode, found.errorMessage);
    if (error !== undefined) throw error;
    return { id: found.nodeId, host: found.host, port: found.port, rack: null };
  }
}
