// What ConfigResource GROUP can say about a single group; what it doesn't say is the broker's.

export interface ConsumerGroupSettings {
  /** consumer.session.timeout.ms */
  readonly sessionTimeoutMs: number;
  /** consumer.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number;
  /** consumer.assignment.interval.ms */
  readonly assignmentIntervalMs: number;
}

export interface StreamsGroupSettings {
  /** streams.session.timeout.ms */
  readonly sessionTimeoutMs: number;
  /** streams.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number;
  /** streams.assignment.interval.ms */
  readonly assignmentIntervalMs: number;
  /** streams.initial.rebalance.delay.ms */
  readonly initialRebalanceDelayMs: number;
  /** streams.num.standby.replicas */
  readonly numStandbyReplicas: number;
}

/** By kind of group. */
export interface GroupSettings {
  readonly consumer?: Partial<ConsumerGroupSettings>;
  readonly streams?: Partial<StreamsGroupSettings>;
}

export type GroupSettingsLookup = (groupId: string) => GroupSettings;

export const NO_GROUP_SETTINGS: GroupSettingsLookup = () => ({});
