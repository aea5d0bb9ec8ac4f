// What every play of group requests needs: chance from a seed, connections, requests that may wait for others, and notes
// of what was asked and answered that name members and topics by their first appearance, so that two brokers can be
// compared line by line. It judges nothing.

import type { Api, Draft } from '../../../src/protocol/message.ts';
import { seeded } from '../../support/seeded.ts';
import { ClosedError, RawClient } from '../support/raw-client.ts';

export interface PlayerOptions {
  readonly seed: number;
  /** Part of all names, for plays that share a broker with their repetitions. */
  readonly runId?: string;
  readonly port: number;
  readonly sleep: (ms: number) => Promise<void>;
  /** How long nothing must have been answered before a request counts as waiting. */
  readonly quietMs: number;
  /** How long what brokers do beside their answers may take. */
  readonly pauseMs: number;
  /** Lines that are known to come: they are waited for, and nothing else is. */
  readonly expected?: readonly string[];
}

const MAX_WAITING = 12;
const MAX_WAIT_MS = 3000;
const UUID =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![\w-])[\w-]{22}(?![\w-])/g;
/** Topic ids that brokers don't give. */
const FIXED = /^A{22}$|^z{21}g$/;
/** Differ from run to run. */
const DROPPED = new Set([
  'throttleTimeMs',
  'logAppendTimeMs',
  'host',
  'port',
  'nodeEndpoints',
  'nodeId',
]);
/** Kafka answers with these in the order of its hash maps. */
const IN_ORDER = new Set([
  'protocols',
  'acquiredRecords',
  'acknowledgementBatches',
  'acknowledgeTypes',
]);

interface AskOptions<R> {
  readonly clientId?: string;
  /** It may be answered when others have done something. */
  readonly mayWait?: boolean;
  /** Who asks it: whoever asks once more doesn't wait for the first answer any longer. */
  readonly key?: string;
  /** The order of what is answered counts. */
  readonly isOrdered?: boolean;
  /** What of the answer counts; all of it without this. */
  readonly noted?: (answer: R) => unknown;
  /** Gets the answer whenever it comes. */
  readonly later?: (answer: R) => void;
}

interface Waiting {
  readonly tag: string;
  readonly client: RawClient;
  readonly key: string | undefined;
  /** Undefined while it waits. */
  answer: unknown;
  readonly isOrdered: boolean;
}

export class Player {
  readonly prefix: string;
  readonly lines: string[] = [];
  readonly #options: PlayerOptions;
  readonly #random: () => number;
  readonly #members = new Map<string, string>();
  readonly #topics = new Map<string, string>();
  readonly #idle: RawClient[] = [];
  readonly #clients = new Set<RawClient>();
  #waiting: Waiting[] = [];
  #step = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.prefix = `play-${options.runId ?? ''}${options.seed}`;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await client.close();
  }

  /** For what brokers do beside their answers. */
  get pauseMs(): number {
    return this.#options.pauseMs;
  }

  sleep(ms: number): Promise<void> {
    return this.#options.sleep(ms);
  }

  // Chance

  int(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(all: readonly T[]): T {
    return all[this.int(all.length)]!;
  }

  chance(share: number): boolean {
    return this.#random() < share;
  }

  /** A version that brokers serve, from `least` on. */
  version(api: Api<unknown, unknown>, least = api.minVersion): number {
    return least + this.int(api.maxVersion - least + 1);
  }

  /** 36 characters that no other member has. */
  uuid(): string {
    const hex = (digits: number) =>
      Array.from({ length: digits }, () => this.int(16).toString(16)).join('');
    return `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
  }

  /** As Kafka's Uuid writes one. */
  base64Uuid(): string {
    return Buffer.from(this.uuid().replaceAll('-', ''), 'hex').toString('base64url');
  }

  /** How a topic id is called in notes. */
  nameTopic(id: string, name: string): void {
    this.#topics.set(id, name);
  }

  // Requests

  /** The answer when it comes at once; `later` gets it whenever it comes. Requests that can't be written are left out. */
  async ask<Q, R>(
    api: Api<Q, R>,
    version: number,
    request: Draft<Q>,
    options: AskOptions<R> = {},
  ): Promise<R | undefined> {
    if (this.#waiting.length >= MAX_WAITING) return undefined;
    const step = ++this.#step;
    const client = this.#idle.pop() ?? (await this.#connect());
    let sent: Promise<R>;
    try {
      sent = client.send(api, version, request, options.clientId ?? 'player');
    } catch {
      this.#idle.push(client);
      return undefined;
    }
    this.lines.push(`${step} ${api.name} v${version} ${this.plain(request, true)}`);
    await this.#abandon(options.key);
    const waiting: Waiting = {
      tag: `${step}`,
      client,
      key: options.key,
      answer: undefined,
      isOrdered: options.isOrdered ?? false,
    };
    this.#waiting.push(waiting);
    let result: R | undefined;
    sent.then(
      (answer) => {
        result = answer;
        waiting.answer = options.noted === undefined ? answer : options.noted(answer);
        this.#idle.push(client);
        options.later?.(answer);
      },
      (error: unknown) => {
        waiting.answer = error instanceof ClosedError ? 'closed' : String(error);
      },
    );
    if (options.mayWait !== true) await Promise.allSettled([sent]);
    await this.#settle();
    return result;
  }

  /** Answered before anything else happens, and not noted: preparation. */
  async must<Q, R>(api: Api<Q, R>, version: number, request: Draft<Q>): Promise<R> {
    const client = this.#idle.pop() ?? (await this.#connect());
    const answer = await client.send(api, version, request);
    this.#idle.push(client);
    return answer;
  }

  async untilOk(ask: () => Promise<readonly number[]>): Promise<void> {
    while ((await ask()).some((code) => code !== 0)) await this.sleep(20);
  }

  note(line: string): void {
    this.lines.push(line);
  }

  /** As a member does that comes back over a new connection. */
  async #abandon(key: string | undefined): Promise<void> {
    const given = this.#waiting.filter((one) => key !== undefined && one.key === key);
    this.#waiting = this.#waiting.filter((one) => !given.includes(one));
    for (const { client } of given) {
      this.#clients.delete(client);
      await client.close();
    }
  }

  /** Notes what is answered by now. */
  async #settle(): Promise<void> {
    const { expected, quietMs } = this.#options;
    const due = expected === undefined ? undefined : this.#dueAt(expected);
    const count = () => this.#waiting.filter(({ answer }) => answer !== undefined).length;
    // At least a turn, so that what waits has been received before what is asked next.
    for (let waitedMs = 0; count() < this.#waiting.length && waitedMs < MAX_WAIT_MS; waitedMs++) {
      await this.sleep(1);
      if (due === undefined ? waitedMs >= quietMs : count() >= due) break;
    }
    const answered = this.#waiting.filter(({ answer }) => answer !== undefined);
    // Who is told its own id is named before lists of members name it.
    for (const { answer } of answered) this.plain((answer as { memberId?: string }).memberId ?? '');
    for (const { tag, answer, isOrdered } of answered) {
      this.lines.push(`  ${tag} => ${this.plain(answer, isOrdered)}`);
    }
    this.#waiting = this.#waiting.filter(({ answer }) => answer === undefined);
  }

  /** How many answers follow the line that was just noted. */
  #dueAt(expected: readonly string[]): number {
    let due = 0;
    while (expected[this.lines.length + due]?.startsWith('  ')) due++;
    return due;
  }

  async #connect(): Promise<RawClient> {
    const client = await RawClient.connect(this.#options.port);
    this.#clients.add(client);
    return client;
  }

  // Notes

  /** Without what differs from run to run. */
  plain(value: unknown, isOrdered = false, isMasked = false): string {
    return JSON.stringify(value, (key, each: unknown) => {
      if (DROPPED.has(key)) return undefined;
      // Kafka tells the numbers of internal topics as of its last record.
      if (key === 'partitions' && typeof each === 'number') return undefined;
      if (typeof each === 'string') return this.#named(each, isMasked);
      if (key === 'records' && isBytes(each)) return each.data.length;
      if (isBytes(each)) return this.#named(Buffer.from(each.data).toString('latin1'), isMasked);
      if (key === 'groups' && Array.isArray(each))
        return this.#sorted(each.filter((one) => this.#isOwn(one)));
      if (!Array.isArray(each) || isOrdered || IN_ORDER.has(key)) return each;
      return this.#sorted(each);
    });
  }

  /** ListGroups tells of other plays too. */
  #isOwn(group: unknown): boolean {
    const { groupId, groupState } = group as { groupId?: string; groupState?: string };
    return (
      groupState === undefined ||
      groupId === undefined ||
      groupId === '' ||
      groupId.startsWith(this.prefix)
    );
  }

  #named(text: string, isMasked: boolean): string {
    const plain = text.replaceAll(UUID, (uuid) => {
      if (FIXED.test(uuid)) return uuid;
      const topic = this.#topics.get(uuid);
      if (topic !== undefined) return topic;
      let name = this.#members.get(uuid);
      if (name === undefined) {
        if (isMasked) return '?';
        name = `M${this.#members.size}`;
        this.#members.set(uuid, name);
      }
      return name;
    });
    return plain
      .replaceAll(this.prefix, 'P')
      .replaceAll(/(.)\1{99,}/g, (all, one) => `${one}*${all.length}`);
  }

  /** Whatever the broker's order was. */
  inOrder<T>(list: readonly T[]): T[] {
    return this.#byText(list);
  }

  #sorted(list: readonly unknown[]): unknown[] {
    if (typeof list[0] === 'number') return [...list].sort((a, b) => Number(a) - Number(b));
    return this.#byText(list);
  }

  /** Members without a name get theirs in this order, so it can't depend on it. */
  #byText<T>(list: readonly T[]): T[] {
    const keyed = list.map((one) => ({ one, key: this.plain(one, false, true) }));
    keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
    return keyed.map(({ one }) => one);
  }
}

function isBytes(value: unknown): value is { data: number[] } {
  return (
    typeof value === 'object' && value !== null && (value as { type?: string }).type === 'Buffer'
  );
}
