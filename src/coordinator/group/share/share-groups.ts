// The share groups of one shard: hands each request to the part that knows it. Kafka: the share group part of
// GroupCoordinatorShard.

import type { DescribedGroup } from '../../../protocol/generated/apis/share-group-describe-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { GroupRecord } from '../records.ts';
import { describeShareGroup } from './describe.ts';
import { ShareGroup } from './share-group.ts';
import { ShareHeartbeat } from './share-heartbeat.ts';
import { ShareReplay } from './share-replay.ts';
import { type ShareServices, ShareSessionTimers } from './share-session-timers.ts';
import { ShareStateKeeping } from './state-keeping.ts';
import { NO_TOPIC_STATES, type TopicStates } from './state-partitions.ts';

export class ShareGroups {
  readonly states: ShareStateKeeping;
  readonly #timers: ShareSessionTimers;
  readonly #heartbeat: ShareHeartbeat;
  readonly #replay: ShareReplay;

  constructor(services: ShareServices) {
    this.#timers = new ShareSessionTimers(services);
    this.states = new ShareStateKeeping(this.#timers);
    this.#heartbeat = new ShareHeartbeat(this.#timers, this.states);
    this.#replay = new ShareReplay(services.groups, services.undo, services.clock);
  }

  heartbeat(
    ...args: Parameters<ShareHeartbeat['heartbeat']>
  ): ReturnType<ShareHeartbeat['heartbeat']> {
    return this.#heartbeat.heartbeat(...args);
  }

  /** Throws GROUP_ID_NOT_FOUND. */
  describe(groupId: string): Draft<DescribedGroup> {
    return describeShareGroup(this.#timers.group(groupId), this.#timers.services.topics);
  }

  /** Nothing for a group that isn't there. */
  initializedPartitions(groupId: string): TopicStates {
    const group = this.#timers.services.groups.find(groupId);
    return group instanceof ShareGroup ? group.knownStates.initialized : NO_TOPIC_STATES;
  }

  isShareGroup(groupId: string): boolean {
    return this.#timers.services.groups.find(groupId) instanceof ShareGroup;
  }

  replay(record: GroupRecord): void {
    this.#replay.replay(record);
  }

  onLoaded(group: ShareGroup): void {
    this.#timers.onLoaded(group);
  }
}
