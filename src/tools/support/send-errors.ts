// Which errors of a producer's append are a record's, and which end the loop that sends (KafkaProducer.doSend): calls out of
// turn and a transaction in an error state are thrown at the caller, errors of the API become the record's.

import type { ClientError } from '../../client/errors.ts';

const BUFFER_EXHAUSTED = 'org.apache.kafka.clients.producer.BufferExhaustedException';

export function isThrownBySend({ exception }: ClientError): boolean {
  return !exception.startsWith('org.apache.kafka.common.errors.') && exception !== BUFFER_EXHAUSTED;
}
