// Admin.listTopics: names and ids of all topics from any broker's metadata.

import { METADATA } from '../../protocol/generated/apis/metadata.ts';
import { clusterView } from '../cluster-view.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { OperationOptions, TopicListing } from '../types.ts';

/** In no order of meaning; internal ones only when asked for. Rejects with ClientError. */
export async function listTopics(
  client: KafkaClient,
  options: OperationOptions & { listInternal?: boolean } = {},
): Promise<TopicListing[]> {
  const call = client.startCall('listTopics', options);
  const response = await client.request(call, METADATA, (version) =>
    version >= 4
      ? { topics: null, allowAutoTopicCreation: true }
      : { topics: version === 0 ? [] : null },
  );
  client.learn(clusterView(response));
  const listings: TopicListing[] = [];
  for (const { name, topicId, isInternal } of response.topics) {
    if (name === null || (isInternal && options.listInternal !== true)) continue;
    listings.push({ name, topicId, isInternal });
  }
  return listings;
}
