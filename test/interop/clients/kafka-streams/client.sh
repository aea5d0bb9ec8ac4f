#!/usr/bin/env bash
# Kafka Streams 4.3.1 with both group protocols: stateless, stateful (repartition and changelog topics), exactly once.
set -euo pipefail
java() { command java -Xmx256m -XX:TieredStopAtLevel=1 -cp "$APACHE_KAFKA/libs/*" "$@"; }
for protocol in streams classic; do
  for shape in stateless stateful; do
    for guarantee in at_least_once exactly_once_v2; do
      java Application.java "$BOOTSTRAP" "$protocol" "$shape" "$guarantee" 2>log >/dev/null || { tail -20 log; exit 1; }
      echo "ok $protocol $shape $guarantee"
    done
  done
done
