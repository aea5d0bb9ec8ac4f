// @platformatic/kafka: admin, producer and a consumer group with every codec it has.
import {
  Admin,
  Consumer,
  MessagesStreamModes,
  Producer,
  stringDeserializers,
  stringSerializers,
} from '@platformatic/kafka';

const count = Number(process.env.COUNT);
const base = { clientId: 'interop', bootstrapBrokers: [process.env.BOOTSTRAP] };
const admin = new Admin(base);
for (const codec of ['none', 'gzip', 'snappy', 'lz4', 'zstd']) {
  const topic = `platformatic-${codec}`;
  await admin.createTopics({ topics: [topic], partitions: 3, replicas: 1 });
  const producer = new Producer({
    ...base,
    serializers: stringSerializers,
    compression: codec,
    idempotent: true,
  });
  for (let from = 0; from < count; from += 500) {
    const messages = Array.from({ length: Math.min(500, count - from) }, (_, i) => ({
      topic,
      key: `key-${from + i}`,
      value: `value-${from + i}`,
      headers: { n: `${from + i}` },
    }));
    await producer.send({ messages });
  }
  await producer.close();
  const consumer = new Consumer({
    ...base,
    groupId: `g-${topic}`,
    deserializers: stringDeserializers,
    autocommit: false,
  });
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST });
  const seen = new Set();
  for await (const message of stream) {
    const i = message.key.slice(4);
    if (seen.has(i)) throw new Error(`record ${i} came twice`);
    if (message.value !== `value-${i}` || message.headers.get('n') !== i)
      throw new Error(`record ${i} differs`);
    seen.add(i);
    if (seen.size === count) break;
  }
  await consumer.close(true);
  console.log(`ok ${codec}`);
}
await admin.deleteTopics({ topics: ['platformatic-none'] });
await admin.close();
console.log('ok admin');
