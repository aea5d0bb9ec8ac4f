// Names that can't even be put into a request (KafkaAdminClient.topicNameIsUnrepresentable).

import { ClientError } from '../errors.ts';

export function unrepresentableTopic(name: string): ClientError | undefined {
  if (name !== '') return undefined;
  return new ClientError(
    'InvalidTopicException',
    `The given topic name '${name}' cannot be represented in a request.`,
    { code: 17 },
  );
}
