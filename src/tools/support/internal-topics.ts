// Which topics Kafka Streams makes for itself, by their names (StreamsResetter.matchesInternalTopicFormat).

const SUFFIXES = [
  '-changelog',
  '-repartition',
  '-subscription-registration-topic',
  '-subscription-response-topic',
];
const FOREIGN_KEY_JOIN = /^.+-KTABLE-FK-JOIN-SUBSCRIPTION-(REGISTRATION|RESPONSE)-\d+-topic$/;

export function isStreamsInternalTopic(topic: string, applicationId: string): boolean {
  if (!topic.startsWith(`${applicationId}-`)) return false;
  return SUFFIXES.some((suffix) => topic.endsWith(suffix)) || FOREIGN_KEY_JOIN.test(topic);
}
