#!/usr/bin/env bash
# Kafka Streams 4.3.1 with both group protocols: stateless, stateful (repartition and changelog topics), exactly once.
set -euo pipefail
java() { command java -Xmx256m -XX:TieredStopAtLevel=1 -cp "$APACHE_KAFKA/libs/*" "$@"; }
applications() { # PROTOCOL
  local protocol=$1
  for shape in stateless stateful; do
    for guarantee in at_least_once exactly_once_v2; do
      java Application.java "$BOOTSTRAP" "$protocol" "$shape" "$guarantee" 2>"$protocol.log" >/dev/null ||
        { echo "not ok $protocol $shape $guarantee"; tail -20 "$protocol.log"; return 1; }
      echo "ok $protocol $shape $guarantee"
    done
  done
}
# Both at once: they wait more than they work.
applications streams & streams=$!
applications classic & classic=$!
status=0
wait "$streams" || status=1
wait "$classic" || status=1
exit "$status"
