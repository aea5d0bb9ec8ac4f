What the console producer refuses, and how it tells of records that failed.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic t
  Created topic t.
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property partitioner.class=no.Such 2>&1 | head -1
  org.apache.kafka.common.config.ConfigException: Invalid value no.Such for configuration partitioner.class: Class no.Such could not be found.
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property delivery.timeout.ms=10 2>&1 | grep -vE '^\s+at |more$'
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.config.ConfigException: delivery.timeout.ms should be equal to or larger than linger.ms + request.timeout.ms
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property interceptor.classes=no.Such 2>&1 | grep -vE '^\s+at |more$'
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.KafkaException: Class no.Such cannot be found
  Caused by: java.lang.ClassNotFoundException: no.Such
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property security.protocol=SASL_SSL 2>&1 | grep -vE '^\s+at |more$'
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.KafkaException: Failed to create new NetworkClient
  Caused by: java.lang.IllegalArgumentException: Could not find a 'KafkaClient' entry in the JAAS configuration. System property 'java.security.auth.login.config' is not set
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property security.protocol=SSL --command-property ssl.truststore.location=/no/such 2>&1 | grep -vE '^\s+at |more$'
  [<ISO-TIME>] ERROR Modification time of key store could not be obtained: /no/such (org.apache.kafka.common.security.ssl.DefaultSslEngineFactory)
  java.nio.file.NoSuchFileException: /no/such
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.KafkaException: Failed to create new NetworkClient
  Caused by: org.apache.kafka.common.KafkaException: Failed to load SSL keystore /no/such of type JKS
  Caused by: java.nio.file.NoSuchFileException: /no/such
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --command-property security.protocol=SASL_PLAINTEXT --command-property sasl.jaas.config=nonsense 2>&1 | grep -vE '^\s+at |more$'
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.KafkaException: Failed to create new NetworkClient
  Caused by: java.lang.IllegalArgumentException: Login module control flag not specified in JAAS config
  $ echo x | kafka-console-producer.sh --bootstrap-server localhost:99999 --topic t 2>&1 | grep -vE '^\s+at |more$'
  org.apache.kafka.common.KafkaException: Failed to construct kafka producer
  Caused by: org.apache.kafka.common.config.ConfigException: Invalid port in bootstrap.servers: localhost:<PORT>
  $ echo x | kafka-console-producer.sh --bootstrap-server '' --topic t 2>&1 | head -1
  Error while validating the bootstrap address
  $ echo x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --request-timeout-ms 0 --max-block-ms 1500 2>&1 | grep -oE 'TimeoutException: .*|disconnected' | sort -u
  TimeoutException: Topic t not present in metadata after 1500 ms.
  disconnected
  $ echo x | kafka-console-producer.sh --bootstrap-server localhost:1 --topic t --max-block-ms 1000 2>&1 | head -2
  [<ISO-TIME>] WARN [Producer clientId=console-producer] Connection to node -1 (localhost/127.0.0.1:1) could not be established. Node may not be available. (org.apache.kafka.clients.NetworkClient)
  [<ISO-TIME>] WARN [Producer clientId=console-producer] Bootstrap broker localhost:1 (id: -1 rack: null isFenced: false) disconnected (org.apache.kafka.clients.NetworkClient)
  $ printf 'k\tvalue\n' | kafka-console-producer.sh --bootstrap-server localhost:1 --topic t --max-block-ms 500 --reader-property parse.key=true 2>&1 | grep -vE '^\s+at |NetworkClient'
  [<ISO-TIME>] ERROR Error when sending message to topic t with key: 1 bytes, value: 5 bytes with error: (org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)
  org.apache.kafka.common.errors.TimeoutException: Topic t not present in metadata after 500 ms.
  $ printf 'x\n' | kafka-console-producer.sh --bootstrap-server localhost:1 --topic t --max-block-ms 500 --sync 2>&1 | grep -vE '^\s+at |NetworkClient'
  java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.TimeoutException: Topic t not present in metadata after 500 ms.
  Caused by: org.apache.kafka.common.errors.TimeoutException: Topic t not present in metadata after 500 ms.
  $ head -c 2000000 /dev/zero | tr '\0' x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic t --sync 2>&1 | grep -vE '^\s+at '; echo "exit ${PIPESTATUS[2]}"
  java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.RecordTooLargeException: The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.
  Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The message is 2000088 bytes when serialized which is larger than 1048576, which is the value of the max.request.size configuration.
  exit 1
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic tiny --config max.message.bytes=100
  Created topic tiny.
  $ printf 'key\t%200s\n' x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic tiny --reader-property parse.key=true 2>&1 | grep -vE '^\s+at '
  [<ISO-TIME>] ERROR Error when sending message to topic tiny with key: 3 bytes, value: 200 bytes with error: (org.apache.kafka.clients.producer.internals.ErrorLoggingCallback)
  org.apache.kafka.common.errors.RecordTooLargeException: The request included a message larger than the max message size the server will accept.
  $ printf '%200s\n' x | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic tiny --sync 2>&1 | grep -vE '^\s+at '
  java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.RecordTooLargeException: The request included a message larger than the max message size the server will accept.
  Caused by: org.apache.kafka.common.errors.RecordTooLargeException: The request included a message larger than the max message size the server will accept.
