"""kafka-python: produce and consume with every codec, in a group and by assignment, headers and null values kept."""
import os, sys
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

bootstrap, count = os.environ["BOOTSTRAP"], int(os.environ["COUNT"])
admin = KafkaAdminClient(bootstrap_servers=bootstrap)
for codec in (None, "gzip", "snappy", "lz4", "zstd"):
    topic = f"kafka-python-{codec or 'none'}"
    admin.create_topics([NewTopic(topic, 3, 1)])
    producer = KafkaProducer(bootstrap_servers=bootstrap, compression_type=codec, acks="all", linger_ms=5)
    for i in range(count):
        value = None if i % 100 == 99 else b"value-%d" % i
        producer.send(topic, key=b"key-%d" % i, value=value, headers=[("n", b"%d" % i)])
    producer.flush(); producer.close()
    consumer = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=f"g-{topic}", auto_offset_reset="earliest",
                             enable_auto_commit=False, consumer_timeout_ms=20000)
    seen = {}
    for record in consumer:
        i = int(record.key[4:])
        assert i not in seen, f"{topic}: record {i} came twice"
        assert record.value == (None if i % 100 == 99 else b"value-%d" % i), record
        assert record.headers == [("n", b"%d" % i)], record
        seen[i] = True
        if len(seen) == count: break
    assert len(seen) == count, f"{topic}: {len(seen)} of {count}"
    consumer.commit()
    committed = sum(consumer.committed(TopicPartition(topic, p)) or 0 for p in range(3))
    assert committed == count, f"{topic}: committed {committed}"
    consumer.close()
    print(f"ok {codec or 'none'}")
assert {"kafka-python-none", "kafka-python-zstd"} <= set(admin.list_topics())
admin.delete_topics(["kafka-python-none"])
print("ok admin")
admin.close()
