Corners of the console consumer: where it begins, what it refuses, and what it says on stderr while it does.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic one
  Created topic one.
  $ seq 0 9 | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic one
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --offset EARLIEST --max-messages 1 2>/dev/null
  0
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --offset +3 --max-messages 1 2>/dev/null
  3
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --offset '' 2>&1 | head -1
  The provided offset value '' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --offset 9223372036854775808 2>&1 | head -1
  The provided offset value '9223372036854775808' is incorrect. Valid values are 'earliest', 'latest', or a non-negative long.
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --offset 99 --command-property auto.offset.reset=none --timeout-ms 8000 2>&1 | grep -v '^\[' | grep -oE 'OffsetOutOfRangeException: .*|Processed.*' | sed -E 's/localhost:[0-9]+/HOST/'
  OffsetOutOfRangeException: Fetch position FetchPosition{offset=99, offsetEpoch=Optional.empty, currentLeader=LeaderAndEpoch{leader=Optional[HOST (id: 1 rack: null isFenced: false)], epoch=0}} is out of range for partition one-0
  Processed a total of 0 messages
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property auto.offset.reset=none --timeout-ms 20000 2>&1 | grep -v '^\[' | grep -v KIP-848 | sed -n '1p;$p'
  org.apache.kafka.clients.consumer.NoOffsetForPartitionException: Undefined offset with no reset policy for partitions: [one-0]
  Processed a total of 0 messages
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property auto.offset.reset=by_duration:PT1H --max-messages 2 2>/dev/null
  0
  1
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property auto.offset.reset=by_duration:P1X 2>&1 | grep -v '^\[' | head -1
  org.apache.kafka.common.config.ConfigException: Invalid value by_duration:P1X for configuration auto.offset.reset: Invalid value `by_duration:P1X` for configuration auto.offset.reset. The value must be either 'earliest', 'latest', 'none' or of the format 'by_duration:<PnDTnHnMn.nS.>'.
Log lines have a time, a level and a logger.
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --partition 0 --timeout-ms 1500 2>&1 | head -2
  [<ISO-TIME>] ERROR Error processing message, terminating consumer process:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.errors.TimeoutException
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --include 'o[' 2>&1 | sed -n 2,5p
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  java.util.regex.PatternSyntaxException: Unclosed character class near index 1
  o[
   ^
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --include '' 2>&1 | sed -n 2,3p
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  java.lang.IllegalArgumentException: Topic pattern to subscribe to cannot be empty
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --isolation-level none 2>&1 | head -2
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.config.ConfigException: Invalid value none for configuration isolation.level: String must be one of: read_committed, read_uncommitted
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --from-beginning --max-messages 1 --formatter-property value.deserializer=no.such.D 2>&1 >/dev/null | head -2
  [<ISO-TIME>] ERROR Unable to instantiate a deserializer from no.such.D (org.apache.kafka.tools.consumer.DefaultMessageFormatter)
  java.lang.ClassNotFoundException: no.such.D
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic 'a b' --partition 0 --timeout-ms 8000 2>&1 | grep -oE '^\[[^]]*\] (WARN|ERROR)|reported a recoverable issue|reported invalid topics .*|InvalidTopicException: .*'
  [<ISO-TIME>] WARN
  reported a recoverable issue
  [<ISO-TIME>] ERROR
  reported invalid topics [a b] (org.apache.kafka.clients.Metadata)
  [<ISO-TIME>] ERROR
  InvalidTopicException: Invalid topics: [a b]
What can't be made at all.
  $ kafka-console-consumer.sh --bootstrap-server '' --topic one 2>&1 | head -2
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.config.ConfigException: Configuration 'bootstrap.servers' must not be empty. Valid values include: any non-empty value
  $ kafka-console-consumer.sh --bootstrap-server nonsense --topic one 2>&1 | grep -vE '^\s+at |more$' | head -3
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.KafkaException: Failed to construct kafka consumer
  Caused by: org.apache.kafka.common.config.ConfigException: Invalid url in bootstrap.servers: nonsense
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --group '' 2>&1 | grep -vE '^\s+at |more$' | head -3
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.KafkaException: Failed to construct kafka consumer
  Caused by: org.apache.kafka.common.errors.InvalidGroupIdException: The configured group.id should not be an empty string or whitespace.
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property interceptor.classes=no.Such 2>&1 | grep -vE '^\s+at |more$' | head -4
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.KafkaException: Failed to construct kafka consumer
  Caused by: org.apache.kafka.common.KafkaException: Class no.Such cannot be found
  Caused by: java.lang.ClassNotFoundException: no.Such
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property security.protocol=SASL_PLAINTEXT 2>&1 | grep -vE '^\s+at |more$' | head -4
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.KafkaException: Failed to construct kafka consumer
  Caused by: org.apache.kafka.common.KafkaException: Failed to create new NetworkClient
  Caused by: java.lang.IllegalArgumentException: Could not find a 'KafkaClient' entry in the JAAS configuration. System property 'java.security.auth.login.config' is not set
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --command-property security.protocol=SSL --command-property ssl.truststore.password=x 2>&1 | grep -vE '^\s+at |more$' | head -4
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  org.apache.kafka.common.KafkaException: Failed to construct kafka consumer
  Caused by: org.apache.kafka.common.KafkaException: Failed to create new NetworkClient
  Caused by: org.apache.kafka.common.errors.InvalidConfigurationException: SSL trust store is not specified, but trust store password is specified.
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic one --topic two 2>&1 | sed -n 2,3p
  [<ISO-TIME>] ERROR Unknown error when running consumer:  (org.apache.kafka.tools.consumer.ConsoleConsumer)
  joptsimple.MultipleArgumentsForOptionException: Found multiple arguments for option topic, but you asked for only one
Lists.
  $ printf '\001\0\0\0\002\0\0\0\001a\0\0\0\002bc\n' | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic lists 2>/dev/null
  $ P=value.deserializer; S=org.apache.kafka.common.serialization; kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic lists --partition 0 --from-beginning --max-messages 1 --formatter-property $P=$S.ListDeserializer --formatter-property $P.default.list.value.serde.type=java.util.ArrayList --formatter-property "$P.default.list.value.serde.inner=$S.Serdes\$StringSerde" 2>/dev/null
  [a, bc]
