// StreamsGroupDescribe's picture of a group: the topology with its numbers of partitions once they are known.

import type {
  DescribedGroup,
  Member,
  Subtopology,
  TopicInfo,
  Topology,
} from '../../../protocol/generated/apis/streams-group-describe-response.ts';
import type { Draft } from '../../../protocol/message.ts';
import type { StreamsGroup } from './streams-group.ts';
import type { StreamsMember } from './streams-member.ts';
import type { StreamsTopology } from './streams-topology.ts';
import { type HeldTasks, listTasks, type TargetTasks } from './tasks.ts';

export function describeStreamsGroup(group: StreamsGroup): Draft<DescribedGroup> {
  const { groupId, groupEpoch, assignmentEpoch } = group;
  return {
    groupId,
    groupEpoch,
    groupState: group.stateName(),
    assignmentEpoch,
    topology: describeTopology(group),
    members: [...group.members.values()].map((member) =>
      describeMember(member, group.targets.get(member.memberId)),
    ),
  };
}

function describeTopology({ configured, topology }: StreamsGroup): Draft<Topology> | null {
  if (configured === undefined || configured.problem !== undefined) {
    return topology === undefined ? null : unconfigured(topology);
  }
  const subtopologies = [...configured.subtopologies!.values()].map(
    (subtopology): Draft<Subtopology> => ({
      ...subtopology,
      sourceTopics: [...subtopology.sourceTopics].sort(),
      repartitionSinkTopics: [...subtopology.repartitionSinkTopics].sort(),
      repartitionSourceTopics: topicInfos(
        subtopology.repartitionSourceTopics.map((topic) => ({
          ...topic,
          topicConfigs: topic.configs,
        })),
      ),
      stateChangelogTopics: topicInfos(
        subtopology.stateChangelogTopics.map((topic) => ({
          ...topic,
          topicConfigs: topic.configs,
        })),
      ),
    }),
  );
  return { epoch: configured.epoch, subtopologies };
}

function unconfigured({ epoch, subtopologies }: StreamsTopology): Draft<Topology> {
  return {
    epoch,
    subtopologies: subtopologies.map((subtopology) => ({
      subtopologyId: subtopology.subtopologyId,
      sourceTopics: [...subtopology.sourceTopics].sort(),
      repartitionSinkTopics: [...subtopology.repartitionSinkTopics].sort(),
      repartitionSourceTopics: topicInfos(subtopology.repartitionSourceTopics),
      stateChangelogTopics: topicInfos(subtopology.stateChangelogTopics),
    })),
  };
}

function topicInfos(topics: readonly Draft<TopicInfo>[]): Draft<TopicInfo>[] {
  return topics
    .map(({ name, partitions, replicationFactor, topicConfigs }) => ({
      name,
      partitions,
      replicationFactor,
      topicConfigs,
    }))
    .sort((a, b) => (a.name! < b.name! ? -1 : 1)) as Draft<TopicInfo>[];
}

function describeMember(member: StreamsMember, target: TargetTasks | undefined): Draft<Member> {
  const { userEndpoint } = member;
  return {
    memberId: member.memberId,
    memberEpoch: member.memberEpoch,
    instanceId: member.instanceId,
    rackId: member.rackId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    topologyEpoch: member.topologyEpoch,
    processId: member.processId,
    userEndpoint:
      userEndpoint === null ? null : { host: userEndpoint.host, port: userEndpoint.port },
    clientTags: [...member.clientTags].map(([key, value]) => ({ key, value })),
    assignment: describeTasks(member.assigned),
    ...(target === undefined ? {} : { targetAssignment: describeTasks(target) }),
  };
}

function describeTasks({ active, standby, warmup }: HeldTasks | TargetTasks) {
  return {
    activeTasks: listTasks(active),
    standbyTasks: listTasks(standby),
    warmupTasks: listTasks(warmup),
  };
}
