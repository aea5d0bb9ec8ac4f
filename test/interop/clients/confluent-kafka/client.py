"""confluent-kafka (librdkafka): idempotent producer with every codec, consumer group, admin client, transactions."""
import os
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic

bootstrap, count = os.environ["BOOTSTRAP"], int(os.environ["COUNT"])
admin = AdminClient({"bootstrap.servers": bootstrap})
for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
    topic = f"confluent-{codec}"
    for future in admin.create_topics([NewTopic(topic, 3, 1, config={"retention.ms": "3600000"})]).values(): future.result()
    failures = []
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": codec, "enable.idempotence": True, "linger.ms": 5})
    for i in range(count):
        producer.produce(topic, key=b"key-%d" % i, value=b"value-%d" % i, headers=[("n", b"%d" % i)],
                         on_delivery=lambda error, _: error and failures.append(error))
        producer.poll(0)
    assert producer.flush(30) == 0 and not failures, failures[:1]
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"g-{topic}", "auto.offset.reset": "earliest",
                         "enable.auto.commit": False})
    consumer.subscribe([topic])
    seen = set()
    while len(seen) < count:
        message = consumer.poll(20)
        assert message is not None, f"{topic}: {len(seen)} of {count}"
        assert not message.error(), message.error()
        i = int(message.key()[4:])
        assert i not in seen and message.value() == b"value-%d" % i and message.headers() == [("n", b"%d" % i)]
        seen.add(i)
    consumer.commit(asynchronous=False)
    committed = sum(p.offset for p in consumer.committed([TopicPartition(topic, p) for p in range(3)]) if p.offset > 0)
    assert committed == count, f"{topic}: committed {committed}"
    consumer.close()
    print(f"ok {codec}")
resource = ConfigResource(ConfigResource.Type.TOPIC, "confluent-none")
for future in admin.describe_configs([resource]).values():
    assert future.result()["retention.ms"].value == "3600000"
for future in admin.delete_topics(["confluent-none"]).values(): future.result()
print("ok admin")

# Consume, transform, produce: every third transaction is aborted and done again.
source, target = "confluent-source", "confluent-target"
for future in admin.create_topics([NewTopic(source, 2, 1), NewTopic(target, 2, 1)]).values(): future.result()
filler = Producer({"bootstrap.servers": bootstrap})
for i in range(count): filler.produce(source, value=b"%d" % i, partition=i % 2)
assert filler.flush(30) == 0
transactional = {"bootstrap.servers": bootstrap, "transactional.id": "confluent-tx"}
committed_only = {"bootstrap.servers": bootstrap, "auto.offset.reset": "earliest", "enable.auto.commit": False,
                  "isolation.level": "read_committed"}
producer = Producer(transactional)
producer.init_transactions(30)
mover = Consumer({**committed_only, "group.id": "confluent-movers"})
mover.subscribe([source])
moved, transactions = 0, 0
while moved < count:
    messages = mover.consume(100, 20)
    assert messages, f"{moved} of {count} moved"
    producer.begin_transaction()
    for message in messages: producer.produce(target, value=message.value(), partition=message.partition())
    producer.send_offsets_to_transaction(mover.position(mover.assignment()), mover.consumer_group_metadata(), 30)
    transactions += 1
    if transactions % 3 == 0:
        producer.abort_transaction(30)
        for p in mover.committed(mover.assignment(), 30): mover.seek(TopicPartition(p.topic, p.partition, max(p.offset, 0)))
    else:
        producer.commit_transaction(30)
        moved += len(messages)
mover.close()
reader = Consumer({**committed_only, "group.id": "confluent-readers"})
reader.assign([TopicPartition(target, p, 0) for p in range(2)])
seen = []
while len(seen) < count:
    message = reader.poll(20)
    assert message is not None and not message.error(), f"{len(seen)} of {count} read"
    seen.append(int(message.value()))
assert sorted(seen) == list(range(count)) and reader.poll(1) is None
reader.close()
print("ok transactions")
newer = Producer(transactional)
producer.begin_transaction()
producer.produce(target, value=b"late")
newer.init_transactions(30)
try:
    producer.commit_transaction(30)
    raise AssertionError("a fenced producer committed")
except KafkaException as error:
    assert error.args[0].fatal(), error
print("ok fencing")
