// DescribeQuorum v0-2
//
// Behavior: leader, epoch, high watermark and replicas of __cluster_metadata (KIP-595).
//
// Version notes: v1 adds the fetch times (KIP-836); v2 error messages, directory ids and the nodes (KIP-853).

import { DESCRIBE_QUORUM } from '../../protocol/generated/apis/describe-quorum.ts';
import { handler } from '../handler.ts';

export const describeQuorum = handler(DESCRIBE_QUORUM, {
  minVersion: 0,
  maxVersion: 2,
  roles: ['broker', 'controller'],
  handle(request, { services }) {
    const answer = services.controller.describeQuorum(request);
    const topics = answer.topics.map(({ topicName, partitions }) => ({
      topicName,
      partitions: partitions.map((each) => ({ ...each, errorMessage: each.errorMessage ?? '' })),
    }));
    // Nodes are told with a quorum that is there, and no error is an empty text here.
    const isWrong = !topics.some(({ partitions }) =>
      partitions.some((each) => each.errorCode === 0),
    );
    const errorMessage = answer.errorMessage ?? '';
    return { ...answer, errorMessage, topics, nodes: isWrong ? [] : answer.nodes };
  },
});
