// What a streams group tells its members beside their tasks. Kafka: StreamsGroupHeartbeatResponse.Status,
// TopicConfigurationException.

/** On the wire: int8. */
export const StreamsStatus = {
  STALE_TOPOLOGY: 0,
  MISSING_SOURCE_TOPICS: 1,
  INCORRECTLY_PARTITIONED_TOPICS: 2,
  MISSING_INTERNAL_TOPICS: 3,
  SHUTDOWN_APPLICATION: 4,
  ASSIGNMENT_DELAYED: 5,
} as const;
export type StreamsStatus = (typeof StreamsStatus)[keyof typeof StreamsStatus];

/** The topics of the cluster don't fit the topology; members are told and wait. */
export class TopicProblem extends Error {
  readonly status: StreamsStatus;

  constructor(status: StreamsStatus, message: string) {
    super(message);
    this.status = status;
  }
}
