"""confluent-kafka (librdkafka): idempotent producer with every codec, consumer group, admin client."""
import os
from confluent_kafka import Consumer, Producer, TopicPartition
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
