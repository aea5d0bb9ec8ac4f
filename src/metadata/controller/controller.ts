// What the rest of kafta sees of the controller: one method per API that a broker forwards or sends to it, taking and
// returning the generated messages (org.apache.kafka.controller.Controller). Every promise settles once the records
// are committed and the committed image was published, so a client that got its answer sees its change.
// It knows no connection and no principal: authorization happens before.
import type { AllocateProducerIdsRequest } from '../../protocol/generated/apis/allocate-producer-ids-request.ts';
import type { AllocateProducerIdsResponse } from '../../protocol/generated/apis/allocate-producer-ids-response.ts';
import type { AlterClientQuotasRequest } from '../../protocol/generated/apis/alter-client-quotas-request.ts';
import type { AlterClientQuotasResponse } from '../../protocol/generated/apis/alter-client-quotas-response.ts';
import type { AlterConfigsRequest } from '../../protocol/generated/apis/alter-configs-request.ts';
import type { AlterConfigsResponse } from '../../protocol/generated/apis/alter-configs-response.ts';
import type { AlterPartitionReassignmentsRequest } from '../../protocol/generated/apis/alter-partition-reassignments-request.ts';
import type { AlterPartitionReassignmentsResponse } from '../../protocol/generated/apis/alter-partition-reassignments-response.ts';
import type { AlterPartitionRequest } from '../../protocol/generated/apis/alter-partition-request.ts';
import type { AlterPartitionResponse } from '../../protocol/generated/apis/alter-partition-response.ts';
import type { AlterUserScramCredentialsRequest } from '../../protocol/generated/apis/alter-user-scram-credentials-request.ts';
import type { AlterUserScramCredentialsResponse } from '../../protocol/generated/apis/alter-user-scram-credentials-response.ts';
import type { AssignReplicasToDirsRequest } from '../../protocol/generated/apis/assign-replicas-to-dirs-request.ts';
import type { AssignReplicasToDirsResponse } from '../../protocol/generated/apis/assign-replicas-to-dirs-response.ts';
import type { BrokerHeartbeatRequest } from '../../protocol/generated/apis/broker-heartbeat-request.ts';
import type { BrokerHeartbeatResponse } from '../../protocol/generated/apis/broker-heartbeat-response.ts';
import type { BrokerRegistrationRequest } from '../../protocol/generated/apis/broker-registration-request.ts';
import type { BrokerRegistrationResponse } from '../../protocol/generated/apis/broker-registration-response.ts';
import type { ControllerRegistrationRequest } from '../../protocol/generated/apis/controller-registration-request.ts';
import type { ControllerRegistrationResponse } from '../../protocol/generated/apis/controller-registration-response.ts';
import type { CreatePartitionsRequest } from '../../protocol/generated/apis/create-partitions-request.ts';
import type { CreatePartitionsResponse } from '../../protocol/generated/apis/create-partitions-response.ts';
import type { CreateTopicsRequest } from '../../protocol/generated/apis/create-topics-request.ts';
import type { CreateTopicsResponse } from '../../protocol/generated/apis/create-topics-response.ts';
import type { DeleteTopicsRequest } from '../../protocol/generated/apis/delete-topics-request.ts';
import type { DeleteTopicsResponse } from '../../protocol/generated/apis/delete-topics-response.ts';
import type { DescribeQuorumRequest } from '../../protocol/generated/apis/describe-quorum-request.ts';
import type { DescribeQuorumResponse } from '../../protocol/generated/apis/describe-quorum-response.ts';
import type { ElectLeadersRequest } from '../../protocol/generated/apis/elect-leaders-request.ts';
import type { ElectLeadersResponse } from '../../protocol/generated/apis/elect-leaders-response.ts';
import type { IncrementalAlterConfigsRequest } from '../../protocol/generated/apis/incremental-alter-configs-request.ts';
import type { IncrementalAlterConfigsResponse } from '../../protocol/generated/apis/incremental-alter-configs-response.ts';
import type { UnregisterBrokerRequest } from '../../protocol/generated/apis/unregister-broker-request.ts';
import type { UnregisterBrokerResponse } from '../../protocol/generated/apis/unregister-broker-response.ts';
import type { UpdateFeaturesRequest } from '../../protocol/generated/apis/update-features-request.ts';
import type { UpdateFeaturesResponse } from '../../protocol/generated/apis/update-features-response.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import type { MetadataPublisher } from '../image/publisher.ts';

/** What a decision may depend on beside request and state. */
export interface ControllerRequestContext {
  /** Of the request as the client sent it; some answers differ by it. */
  readonly apiVersion?: number | undefined;
  /** False leaves the configs out of CreateTopics' answer (TOPIC_AUTHORIZATION_FAILED); true when absent. */
  readonly mayDescribeConfigs?: ((topic: string) => boolean) | undefined;
}

export interface Controller {
  /** Committed metadata. */
  readonly image: MetadataImage;
  readonly nodeId: number;
  readonly leaderEpoch: number;
  /** The finalized kraft.version: kept by the quorum, not in the image's features. */
  readonly kraftVersion: number;
  /** The last committed offset of the metadata log. */
  readonly lastCommittedOffset: number;
  /** Calls it at once with all there is (a delta from EMPTY_IMAGE), then after each commit. */
  addPublisher(publisher: MetadataPublisher): void;

  createTopics(
    request: CreateTopicsRequest,
    context?: ControllerRequestContext,
  ): Promise<CreateTopicsResponse>;
  deleteTopics(
    request: DeleteTopicsRequest,
    context?: ControllerRequestContext,
  ): Promise<DeleteTopicsResponse>;
  createPartitions(
    request: CreatePartitionsRequest,
    context?: ControllerRequestContext,
  ): Promise<CreatePartitionsResponse>;
  incrementalAlterConfigs(
    request: IncrementalAlterConfigsRequest,
    context?: ControllerRequestContext,
  ): Promise<IncrementalAlterConfigsResponse>;
  /** The old AlterConfigs, which replaces all configs of a resource. */
  alterConfigs(
    request: AlterConfigsRequest,
    context?: ControllerRequestContext,
  ): Promise<AlterConfigsResponse>;

  alterClientQuotas(request: AlterClientQuotasRequest): Promise<AlterClientQuotasResponse>;
  alterUserScramCredentials(
    request: AlterUserScramCredentialsRequest,
  ): Promise<AlterUserScramCredentialsResponse>;

  registerBroker(request: BrokerRegistrationRequest): Promise<BrokerRegistrationResponse>;
  brokerHeartbeat(request: BrokerHeartbeatRequest): Promise<BrokerHeartbeatResponse>;
  unregisterBroker(request: UnregisterBrokerRequest): Promise<UnregisterBrokerResponse>;
  registerController(
    request: ControllerRegistrationRequest,
  ): Promise<ControllerRegistrationResponse>;
  allocateProducerIds(request: AllocateProducerIdsRequest): Promise<AllocateProducerIdsResponse>;
  alterPartition(request: AlterPartitionRequest): Promise<AlterPartitionResponse>;
  assignReplicasToDirs(request: AssignReplicasToDirsRequest): Promise<AssignReplicasToDirsResponse>;
  electLeaders(request: ElectLeadersRequest): Promise<ElectLeadersResponse>;
  alterPartitionReassignments(
    request: AlterPartitionReassignmentsRequest,
  ): Promise<AlterPartitionReassignmentsResponse>;
  updateFeatures(
    request: UpdateFeaturesRequest,
    context?: ControllerRequestContext,
  ): Promise<UpdateFeaturesResponse>;
  describeQuorum(request: DescribeQuorumRequest): DescribeQuorumResponse;

  /** Flushes the log; nothing may be called afterwards. */
  shutdown(): Promise<void>;
}
