What kafka-get-offsets.sh says of a property file and of an address that can't be used.

  $ echo request.timeout.ms=abc > number.properties; echo security.protocol=FOO > protocol.properties; echo client.id=mine > fine.properties
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic oo --partitions 1; seq 3 | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic oo
  Created topic oo.
  $ kafka-get-offsets.sh --bootstrap-server $BOOTSTRAP --topic oo --command-config fine.properties
  oo:0:3
  $ for f in number protocol none; do kafka-get-offsets.sh --bootstrap-server $BOOTSTRAP --topic oo --command-config $f.properties 2>&1 | grep '^Error occurred'; done
  Error occurred: Invalid value abc for configuration request.timeout.ms: Not a number of type INT
  Error occurred: Invalid value FOO for configuration security.protocol: String must be one of (case insensitive): SASL_SSL, PLAINTEXT, SSL, SASL_PLAINTEXT
  Error occurred: none.properties
  $ for b in '' foo foo:bar localhost:99999 ,; do kafka-get-offsets.sh --bootstrap-server "$b" --topic oo 2>&1 | grep '^Error occurred'; done
  Error occurred: Failed to create new KafkaAdminClient
  [1]
  $ kafka-get-offsets.sh --bootstrap-server "$BOOTSTRAP,$BOOTSTRAP" --topic oo
  oo:0:3
  (stderr)
