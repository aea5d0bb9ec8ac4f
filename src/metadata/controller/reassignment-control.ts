// AlterPartitionReassignments (the part of Kafka's ReplicationControlManager that KIP-455 describes): the replicas that
// a partition shall have, or back to those it had. A reassignment is over when an AlterPartition brings the new
// replicas into the ISR, which partition-change-builder.ts sees.
// Pure: decisions about an image.
import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  AlterPartitionReassignmentsRequest,
  ReassignablePartition,
} from '../../protocol/generated/apis/alter-partition-reassignments-request.ts';
import type {
  AlterPartitionReassignmentsResponse,
  ReassignablePartitionResponse,
} from '../../protocol/generated/apis/alter-partition-reassignments-response.ts';
import type { PartitionRegistration } from '../image/topics-image.ts';
import type { RecordDraft } from '../records.ts';
import { type ControlResult, checkDeadline, controlResult } from './control-result.ts';
import { type ControllerState, isUncleanElectionEnabled } from './controller-state.ts';
import { type Located, partitionChange } from './leadership-control.ts';
import { asApiError, checkAssignment } from './replication-control.ts';

/** Results in the request's order. Throws ApiError REQUEST_TIMED_OUT. */
export function alterPartitionReassignments(
  state: ControllerState,
  request: AlterPartitionReassignmentsRequest,
): ControlResult<AlterPartitionReassignmentsResponse> {
  const { topics, allowReplicationFactorChange } = request;
  const answer = { throttleTimeMs: 0, errorCode: Errors.NONE, allowReplicationFactorChange };
  if (topics.length === 0) {
    // The schema's defaults, the empty message and leave to change the factor among them.
    const empty = { ...answer, allowReplicationFactorChange: true, errorMessage: '' };
    return controlResult([], { ...empty, responses: [] });
  }
  checkDeadline(request.timeoutMs);
  const records: RecordDraft[] = [];
  const responses = topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map((asked): ReassignablePartitionResponse => {
      const { partitionIndex } = asked;
      try {
        const located = locate(state, name, partitionIndex);
        const record =
          asked.replicas === null
            ? cancel(state, located)
            : change(state, located, asked.replicas, allowReplicationFactorChange);
        if (record !== undefined) records.push(record);
        return { partitionIndex, errorCode: Errors.NONE, errorMessage: null };
      } catch (error) {
        const { code, specificMessage } = asApiError(error);
        return { partitionIndex, errorCode: code, errorMessage: specificMessage };
      }
    }),
  }));
  return controlResult(records, { ...answer, errorMessage: null, responses });
}

function locate(state: ControllerState, name: string, partitionId: number): Located {
  const topic = state.image.topics.getTopic(name);
  if (topic === undefined) {
    throw new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, `Unable to find a topic named ${name}.`);
  }
  const partition = topic.partitions[partitionId];
  if (partition === undefined) {
    throw new ApiError(
      Errors.UNKNOWN_TOPIC_OR_PARTITION,
      `Unable to find partition ${name}:${partitionId}.`,
    );
  }
  return { topic, partitionId, partition };
}

/** Replicas that go stay in the list, at its end, until the reassignment is over (PartitionReassignmentReplicas). */
function change(
  state: ControllerState,
  located: Located,
  wanted: ReassignablePartition['replicas'] & readonly number[],
  mayChangeFactor: boolean,
): RecordDraft | undefined {
  const { partition } = located;
  checkAssignment(state.image, wanted, undefined);
  if (!mayChangeFactor) checkSameFactor(partition, wanted);
  const removing = without(partition.replicas, wanted).sort((a, b) => a - b);
  const adding = without(wanted, partition.replicas).sort((a, b) => a - b);
  return partitionChange(
    state,
    located,
    {
      replicas: [...wanted, ...removing],
      ...(removing.length > 0 ? { removingReplicas: removing } : {}),
      ...(adding.length > 0 ? { addingReplicas: adding } : {}),
      election: 'online',
    },
    (id) => state.image.cluster.isActive(id),
  );
}

/** KIP-860. */
function checkSameFactor(partition: PartitionRegistration, wanted: readonly number[]): void {
  const { replicas, addingReplicas, removingReplicas } = partition;
  const current = without([...new Set([...replicas, ...addingReplicas])], removingReplicas);
  if (current.length === wanted.length) return;
  throw new ApiError(
    Errors.INVALID_REPLICATION_FACTOR,
    `The replication factor is changed from ${current.length} to ${wanted.length}`,
  );
}

/** Back to the replicas from before (PartitionReassignmentRevert). */
function cancel(state: ControllerState, located: Located): RecordDraft | undefined {
  const { topic, partitionId, partition } = located;
  const { addingReplicas, removingReplicas } = partition;
  if (addingReplicas.length === 0 && removingReplicas.length === 0) {
    throw new ApiError(Errors.NO_REASSIGNMENT_IN_PROGRESS);
  }
  const replicas = without(partition.replicas, addingReplicas);
  const isr = without(partition.isr, addingReplicas);
  if (isr.length === 0) {
    const [first] = replicas;
    if (first === undefined) {
      throw new ApiError(
        Errors.INVALID_REPLICA_ASSIGNMENT,
        'Invalid replica assignment: addingReplicas contains all replicas.',
      );
    }
    if (!isUncleanElectionEnabled(state, topic.name)) {
      throw new ApiError(
        Errors.INVALID_REPLICA_ASSIGNMENT,
        `Unable to revert partition assignment for ${topic.name}:${partitionId} because ` +
          'it would require an unclean leader election.',
      );
    }
    isr.push(first);
  }
  return partitionChange(
    state,
    located,
    { isr, replicas, removingReplicas: [], addingReplicas: [] },
    (id) => state.image.cluster.isActive(id),
  );
}

const without = (ids: readonly number[], others: readonly number[]): number[] =>
  ids.filter((id) => !others.includes(id));
