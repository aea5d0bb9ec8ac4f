What kafka-streams-application-reset.sh says of topics that are missing, and of what it can't read.
#timeout 240

  $ B="--bootstrap-server $BOOTSTRAP"; kafka-verifiable-producer.sh $B --topic in --max-messages 9 >/dev/null; kafka-topics.sh $B --create --topic app-counts-changelog; kafka-consumer-groups.sh $B --reset-offsets --group app --topic in --to-latest --execute
  Created topic app-counts-changelog.
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  app             in              0          9
  (stderr)
  $ echo "kafka-streams-application-reset.sh --bootstrap-server $BOOTSTRAP --application-id app \"\$@\" 2>err; echo exit \$?; head -2 err" > reset
  $ sh reset --input-topics in,gone --intermediate-topics lost,left --dry-run
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  WARN: `--intermediate-topics` is deprecated and will be removed in a future release
  Reset-offsets for input topics [in, gone]
  Seek-to-end for intermediate topics [lost, left]
  Following input topics are not found, skipping them
  Topic: gone
  Following intermediate topics are not found, skipping them
  Topic:lost
  Topic:left
  Following input topics offsets will be reset to (for consumer group app)
  Topic: in Partition: 0 Offset: 0
  Done.
  Deleting inferred internal topics [app-counts-changelog]
  Done.
  exit 1
  $ sh reset --input-topics in --to-datetime foo --dry-run
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  Reset-offsets for input topics [in]
  Following input topics offsets will be reset to (for consumer group app)
  exit 1
  ERROR: Resetting offsets failed.
  ERROR: java.text.ParseException: Error parsing timestamp. It does not contain a 'T' according to ISO8601 format
  $ sh reset --input-topics in --from-file nope --dry-run
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  Reset-offsets for input topics [in]
  Following input topics offsets will be reset to (for consumer group app)
  exit 1
  ERROR: Resetting offsets failed.
  ERROR: java.io.IOException: Unable to read file nope
  $ printf 'in,0\n' > short; sh reset --input-topics in --from-file short --dry-run
  ----Dry run displays the actions which will be performed when running Streams Reset Tool----
  Reset-offsets for input topics [in]
  Following input topics offsets will be reset to (for consumer group app)
  exit 1
  ERROR: Resetting offsets failed.
  ERROR: java.text.ParseException: Reset plan CSV file is not following the format `TOPIC,PARTITION,OFFSET`.
  $ echo group.protocol=consumer > c; sh reset --input-topics in --shift-by -5 --command-config c
  Reset-offsets for input topics [in]
  Following input topics offsets will be reset to (for consumer group app)
  Topic: in Partition: 0 Offset: 4
  Done.
  Deleting inferred internal topics [app-counts-changelog]
  Done.
  exit 0
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --describe --group app 2>/dev/null; kafka-topics.sh --bootstrap-server $BOOTSTRAP --list
  
  GROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID
  app             in              0          4               9               5               -               -               -
  __consumer_offsets
  in
