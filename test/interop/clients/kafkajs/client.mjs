// kafkajs: admin, producer and a consumer group, none and gzip.
import { CompressionTypes, Kafka, logLevel } from 'kafkajs';

const count = Number(process.env.COUNT);
const kafka = new Kafka({
  clientId: 'interop',
  brokers: [process.env.BOOTSTRAP],
  logLevel: logLevel.ERROR,
});
const admin = kafka.admin();
await admin.connect();
for (const codec of ['None', 'GZIP']) {
  const topic = `kafkajs-${codec.toLowerCase()}`;
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
  const producer = kafka.producer();
  await producer.connect();
  for (let from = 0; from < count; from += 500) {
    const messages = Array.from({ length: Math.min(500, count - from) }, (_, i) => ({
      key: `key-${from + i}`,
      value: `value-${from + i}`,
      headers: { n: `${from + i}` },
    }));
    await producer.send({ topic, messages, compression: CompressionTypes[codec], acks: -1 });
  }
  await producer.disconnect();
  const consumer = kafka.consumer({ groupId: `g-${topic}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const seen = new Set();
  await new Promise((resolve, reject) => {
    consumer.on(consumer.events.CRASH, (event) => reject(event.payload.error));
    consumer.run({
      eachMessage: async ({ message }) => {
        const i = message.key.toString().slice(4);
        if (seen.has(i)) reject(new Error(`record ${i} came twice`));
        if (message.value.toString() !== `value-${i}` || message.headers.n.toString() !== i)
          reject(new Error(`record ${i} differs`));
        seen.add(i);
        if (seen.size === count) resolve();
      },
    });
  });
  await consumer.disconnect();
  console.log(`ok ${codec.toLowerCase()}`);
}
const groups = await admin.listGroups();
if (!groups.groups.some((group) => group.groupId === 'g-kafkajs-none'))
  throw new Error('the group is not listed');
await admin.deleteTopics({ topics: ['kafkajs-none'] });
await admin.disconnect();
console.log('ok admin');
