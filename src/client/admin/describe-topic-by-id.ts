// Admin.describeTopics for one topic id (KIP-516): by Metadata, which knows nothing of eligible leader replicas.

import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import { clusterView } from '../cluster-view.ts';
import { ClientError } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, TopicDescription } from '../types.ts';
import { topicOfMetadata } from './describe-topics.ts';
import { itemError, missing } from './outcomes.ts';

/** The first version of Metadata that finds topics by id. */
const FIRST_BY_ID = 12;

/** Rejects with the topic's error: UnknownTopicIdException when there is none with this id. */
export async function describeTopicById(
  client: KafkaClient,
  topicId: string,
  options: OperationOptions = {},
): Promise<TopicDescription> {
  const call = client.startCall('describeTopicsWithIds', options);
  const response = await client.request(call, METADATA, (version) => {
    if (version < FIRST_BY_ID) {
      throw new ClientError(
        'UnsupportedVersionException',
        `The broker's Metadata API of version ${version} doesn't find topics by id`,
        { code: 35 },
      );
    }
    return { topics: [{ topicId, name: null }], allowAutoTopicCreation: false };
  });
  const topic = response.topics.find((each) => each.topicId === topicId);
  if (topic === undefined) throw missing(`topic id ${topicId}`);
  const error = itemError(topic.errorCode);
  if (error !== undefined) throw error;
  return topicOfMetadata(clusterView(response), topic, {});
}
