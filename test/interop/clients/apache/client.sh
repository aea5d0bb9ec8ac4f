#!/usr/bin/env bash
# Apache Kafka's own tools: topics, console tools with every codec, the perf tools, end-to-end latency, in a group,
# transactions; and a Streams application that processes exactly once.
set -euo pipefail
export PATH="$APACHE_KAFKA/bin:$PATH" KAFKA_HEAP_OPTS=-Xmx256m KAFKA_TIER=1
kafka-topics.sh --bootstrap-server "$BOOTSTRAP" --create --topic apache-perf --partitions 3 >/dev/null
for codec in none gzip snappy lz4 zstd; do
  kafka-producer-perf-test.sh --bootstrap-server "$BOOTSTRAP" --topic apache-perf --num-records "$COUNT" --record-size 100 \
    --throughput -1 --command-property compression.type="$codec" | grep -q "^$COUNT records sent"
done
echo 'ok producer-perf-test'
kafka-get-offsets.sh --bootstrap-server "$BOOTSTRAP" --topic apache-perf | awk -F: '{ n += $3 } END { exit n != 5 * '"$COUNT"' }'
echo 'ok get-offsets'
kafka-consumer-perf-test.sh --bootstrap-server "$BOOTSTRAP" --topic apache-perf --num-records $((5 * COUNT)) | tail -1 | awk -F', *' '{ exit $5 != 5 * '"$COUNT"' }'
echo 'ok consumer-perf-test'
seq 1 "$COUNT" | kafka-console-producer.sh --bootstrap-server "$BOOTSTRAP" --topic apache-console
kafka-console-consumer.sh --bootstrap-server "$BOOTSTRAP" --topic apache-console --group apache-group --from-beginning --max-messages "$COUNT" 2>/dev/null >consumed
seq 1 "$COUNT" | cmp - consumed
echo 'ok console tools in a group'
kafka-e2e-latency.sh "$BOOTSTRAP" apache-latency 200 all 100 | grep -q '^Percentiles'
echo 'ok e2e-latency'
kafka-producer-perf-test.sh --bootstrap-server "$BOOTSTRAP" --topic apache-tx --num-records "$COUNT" --record-size 100 \
  --throughput -1 --transactional-id apache-tx --transaction-duration-ms 50 | grep -q "^$COUNT records sent"
kafka-console-consumer.sh --bootstrap-server "$BOOTSTRAP" --topic apache-tx --from-beginning --max-messages "$COUNT" \
  --isolation-level read_committed 2>/dev/null | wc -l | grep -qx "$COUNT"
kafka-transactions.sh --bootstrap-server "$BOOTSTRAP" list | grep -q '^apache-tx.*CompleteCommit'
echo 'ok transactions'
java -Xmx256m -cp "$APACHE_KAFKA/libs/*" "$(dirname "$0")/EosStreams.java" "$BOOTSTRAP" "$COUNT" 2>streams.log || { tail -20 streams.log; exit 1; }
echo 'ok exactly-once streams'
