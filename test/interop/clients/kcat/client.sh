#!/usr/bin/env bash
# kcat: metadata, produce and consume with every codec, key delimiter and headers, offsets, a consumer group.
set -euo pipefail
kcat -L -b "$BOOTSTRAP" | grep -q '1 brokers:'
for codec in none gzip snappy lz4 zstd; do
  topic=kcat-$codec
  seq 1 "$COUNT" | sed 's/.*/key-&:value-&/' | kcat -P -b "$BOOTSTRAP" -t "$topic" -z "$codec" -K: -H origin=interop
  kcat -C -b "$BOOTSTRAP" -t "$topic" -e -q -K: -o beginning | sort >consumed
  seq 1 "$COUNT" | sed 's/.*/key-&:value-&/' | sort | cmp - consumed
  test "$(kcat -C -b "$BOOTSTRAP" -t "$topic" -e -q -o beginning -f '%h\n' | sort -u)" = origin=interop
  echo "ok $codec"
done
test "$(kcat -C -b "$BOOTSTRAP" -t kcat-none -p 0 -o -3 -e -q | wc -l)" = 3
echo 'ok offsets'
# The group form runs until it's told to stop: -c ends it after the last record.
kcat -b "$BOOTSTRAP" -G kcat-group -X auto.offset.reset=earliest -c "$COUNT" -q kcat-zstd 2>/dev/null | sort >consumed
seq 1 "$COUNT" | sed 's/.*/value-&/' | sort | cmp - consumed
echo 'ok group'
