// What the sub-commands of kafka-metadata-quorum.sh work with, and the question that they share.

import { errorOf } from '../../client/errors.ts';
import type { KafkaClient, Target } from '../../client/kafka-client.ts';
import { METADATA_TOPIC } from '../../common/topic-name.ts';
import type { ParsedOptions } from '../../flags/parsed-options.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { DESCRIBE_QUORUM } from '../../protocol/generated/apis/describe-quorum.ts';
import type {
  Node,
  PartitionData,
} from '../../protocol/generated/apis/describe-quorum-response.ts';
import { executionError } from '../support/java-future.ts';

export interface QuorumService {
  readonly client: KafkaClient;
  readonly target: Target;
  readonly options: ParsedOptions;
  readonly context: ToolContext;
}

export interface Quorum extends PartitionData {
  readonly nodes: readonly Node[];
}

/** Admin.describeMetadataQuorum. Rejects as a future does. */
export async function describeQuorum({ client, target }: QuorumService): Promise<Quorum> {
  try {
    const topics = [{ topicName: METADATA_TOPIC, partitions: [{ partitionIndex: 0 }] }];
    const options = { callName: 'describeMetadataQuorum', target };
    const response = await client.send(DESCRIBE_QUORUM, { topics }, options);
    if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
    const partition = response.topics[0]?.partitions[0];
    if (partition === undefined) throw errorOf(-1, 'The answer has no partition');
    if (partition.errorCode !== 0) throw errorOf(partition.errorCode, partition.errorMessage);
    return { ...partition, nodes: response.nodes };
  } catch (error) {
    throw executionError(error);
  }
}
