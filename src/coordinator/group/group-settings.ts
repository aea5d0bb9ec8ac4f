// What ConfigResource GROUP can say about a single group; what it doesn't say is the broker's.

export interface ConsumerGroupSettings {
  /** consumer.session.timeout.ms */
  readonly sessionTimeoutMs: number;
  /** consumer.heartbeat.interval.ms */
  readonly heartbeatIntervalMs: number;
  /** consumer.assignment.interval.ms */
  readonly assignmentIntervalMs: number;
}

export type GroupSettingsLookup = (groupId: string) => Partial<ConsumerGroupSettings>;

export const NO_GROUP_SETTINGS: GroupSettingsLookup = () => ({});
