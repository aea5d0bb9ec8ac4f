// How long members of share groups may be silent, and what happens to the group when one goes.
// Kafka: scheduleShareGroupSessionTimeout, shareGroupFenceMember.

import type { Clock } from '../../../io/io.ts';
import { ApiError, Errors } from '../../../protocol/errors.ts';
import { type CoordinatorResult, EMPTY_RESULT } from '../../runtime/coordinator-result.ts';
import type { CoordinatorTimer } from '../../runtime/coordinator-timer.ts';
import type { UndoLog } from '../../runtime/undo-log.ts';
import type { GroupRegistry } from '../group-registry.ts';
import type { GroupRecord } from '../records.ts';
import type { TopicLookup } from '../topic-lookup.ts';
import { ShareGroup, shareSessionTimer } from './share-group.ts';
import type {
  ShareGroupConfig,
  ShareMembershipLookup,
  ShareMembershipSettings,
} from './share-group-config.ts';
import type { ShareMember } from './share-member.ts';
import { shareEpochRecord, shareMemberTombstones } from './share-records.ts';
import { subscriptionHash } from './share-subscriptions.ts';

export interface ShareServices {
  readonly config: ShareGroupConfig;
  readonly settings: ShareMembershipLookup;
  readonly groups: GroupRegistry;
  readonly topics: TopicLookup;
  readonly timer: CoordinatorTimer<GroupRecord>;
  readonly clock: Clock;
  readonly undo: UndoLog;
  readonly log: (line: string) => void;
}

type TimedResult = CoordinatorResult<GroupRecord, undefined>;

/** When a fencing can't be written it is tried again after this. */
const RETRY_BACKOFF_MS = 500;

export class ShareSessionTimers {
  readonly services: ShareServices;

  constructor(services: ShareServices) {
    this.services = services;
  }

  /** Throws GROUP_ID_NOT_FOUND, also for a group of another kind. */
  group(groupId: string): ShareGroup {
    const group = this.services.groups.get(groupId);
    if (group instanceof ShareGroup) return group;
    throw new ApiError(Errors.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a share group.`);
  }

  /** The group's own settings, else the broker's. */
  settings(groupId: string): ShareMembershipSettings {
    const { config, settings } = this.services;
    return { ...config, ...settings(groupId) };
  }

  schedule(groupId: string, memberId: string): void {
    this.services.timer.schedule(
      shareSessionTimer(groupId, memberId),
      this.settings(groupId).sessionTimeoutMs,
      () => this.#expire(groupId, memberId),
      RETRY_BACKOFF_MS,
    );
  }

  #expire(groupId: string, memberId: string): TimedResult {
    const group = this.services.groups.find(groupId);
    const member = group instanceof ShareGroup ? group.members.get(memberId) : undefined;
    if (!(group instanceof ShareGroup) || member === undefined) return EMPTY_RESULT;
    this.services.log(`Member ${memberId} is fenced from group ${groupId}: its session expired`);
    return { ...this.fence(group, member), response: undefined };
  }

  onLoaded(group: ShareGroup): void {
    for (const memberId of group.members.keys()) this.schedule(group.groupId, memberId);
  }

  /** Takes the member out of the group; its timer goes only when that is written. */
  fence(group: ShareGroup, leaving: ShareMember): Pick<TimedResult, 'records' | 'onAppended'> {
    const { groupId } = group;
    const { memberId } = leaving;
    const members = new Map(group.members);
    members.delete(memberId);
    const hash = subscriptionHash(members.values(), this.services.topics);
    return {
      records: [
        ...shareMemberTombstones(groupId, memberId),
        shareEpochRecord(groupId, group.groupEpoch + 1, hash),
      ],
      onAppended: (error) => {
        if (error === undefined) this.services.timer.cancel(shareSessionTimer(groupId, memberId));
      },
    };
  }
}
