#!/usr/bin/env bash
# Apache Kafka's console consumers of both group protocols in one group, which changes its kind while they read
# (KIP-848): every record is read once, every partition has one owner at each stop.
set -euo pipefail
export PATH="$APACHE_KAFKA/bin:$PATH" KAFKA_HEAP_OPTS=-Xmx128m KAFKA_TIER=1
group=mixed topic=mixed partitions=6
rm -f *.out *.pid
trap 'for file in *.pid; do [ -e "$file" ] && kill "$(cat "$file")" 2>/dev/null; done; true' EXIT

member() { # NAME [PROPERTY]
  kafka-console-consumer.sh --bootstrap-server "$BOOTSTRAP" --topic $topic --group $group --from-beginning \
    --command-property client.id="$1" ${2:+--command-property "$2"} >"$1.out" 2>"$1.err" & echo $! >"$1.pid"
}
leave() { kill "$(cat "$1.pid")"; wait "$(cat "$1.pid")" || true; rm "$1.pid"; }
stop() { # TYPE MEMBERS: waits until the group is of the type, with these members, and each has its even share
  for _ in $(seq 60); do
    held=$(kafka-consumer-groups.sh --bootstrap-server "$BOOTSTRAP" --describe --group $group --members 2>/dev/null |
      awk 'NF && $1 != "GROUP" { print $(NF-1), $NF }' | sort | tr '\n' ' ')
    type=$(kafka-groups.sh --bootstrap-server "$BOOTSTRAP" --list 2>/dev/null | awk -v g=$group '$1 == g { print $2 }')
    wanted=$(for name in $2; do echo "$name $((partitions / $(wc -w <<<"$2")))"; done | sort | tr '\n' ' ')
    [ "$type $held" = "$1 $wanted" ] && echo "ok $1 with $2" && return
    sleep 1
  done
  echo "$type with $held instead of $1 with $wanted"; exit 1
}

cooperative=partition.assignment.strategy=org.apache.kafka.clients.consumer.CooperativeStickyAssignor
kafka-topics.sh --bootstrap-server "$BOOTSTRAP" --create --topic $topic --partitions $partitions >/dev/null
member old1 $cooperative; member old2 $cooperative
stop Classic 'old1 old2'
member new1 group.protocol=consumer
stop Consumer 'new1 old1 old2'
seq "$COUNT" | kafka-console-producer.sh --bootstrap-server "$BOOTSTRAP" --topic $topic
for _ in $(seq 60); do [ "$(cat *.out | wc -l)" -ge "$COUNT" ] && break; sleep 1; done
leave old2
stop Consumer 'new1 old1'
leave new1
stop Classic 'old1'
member new2 group.protocol=consumer
stop Consumer 'new2 old1'
leave old1
stop Consumer 'new2'
leave new2
cat *.out | sort -n | cmp - <(seq "$COUNT")
echo 'ok every record once'
