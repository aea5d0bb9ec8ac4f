// The settings of share groups as the group coordinator needs them: the broker's, and a single group's own.
// Kafka: ShareGroupConfig, GroupConfig.

export interface ShareMembershipSettings {
  /** share.session.timeout.ms */
  readonly sessionTimeoutMs: number;
  /** share.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number;
  /** share.assignment.interval.ms */
  readonly assignmentIntervalMs: number;
}

export interface ShareGroupConfig extends ShareMembershipSettings {
  /** group.share.max.size */
  readonly maxSize: number;
  /** group.share.initialize.retry.interval.ms: after it, what wasn't initialized is tried again. */
  readonly initializeRetryIntervalMs: number;
}

export const DEFAULT_SHARE_GROUP_CONFIG: ShareGroupConfig = {
  sessionTimeoutMs: 45_000,
  heartbeatIntervalMs: 5000,
  assignmentIntervalMs: 1000,
  maxSize: 200,
  initializeRetryIntervalMs: 30_000,
};

/** What is set for the group itself. */
export type ShareMembershipLookup = (groupId: string) => Partial<ShareMembershipSettings>;
