What kafka-verifiable-producer.sh tells of records that are refused, and what the verifiable tools say of wrong words.
#timeout 240

  $ B="--bootstrap-server $BOOTSTRAP"; kafka-topics.sh $B --create --topic tiny --config max.message.bytes=1; kafka-topics.sh $B --create --topic old --config message.timestamp.before.max.ms=1000
  Created topic tiny.
  Created topic old.
  $ kafka-verifiable-producer.sh --bootstrap-server $BOOTSTRAP --topic tiny --max-messages 1 --repeating-keys 2 2>/dev/null | grep -v tool_data
  {"timestamp":<TIME>,"name":"startup_complete"}
  {"timestamp":<TIME>,"name":"producer_send_error","topic":"tiny","key":"0","value":"0","exception":"class org.apache.kafka.common.errors.RecordTooLargeException","message":"The request included a message larger than the max message size the server will accept."}
  {"timestamp":<TIME>,"name":"shutdown_complete"}
  $ kafka-verifiable-producer.sh --bootstrap-server $BOOTSTRAP --topic old --max-messages 1 --value-prefix 3 --message-create-time 1000 | sed -E 's/"avg_throughput":.*/A/'
  {"timestamp":<TIME>,"name":"startup_complete"}
  {"timestamp":<TIME>,"name":"producer_send_error","topic":"old","key":null,"value":"3.0","exception":"class org.apache.kafka.common.errors.InvalidTimestampException","message":"Timestamp 1000 of message with offset 0 is out of range. The timestamp should be within [<TIME>, <TIME>]"}
  {"timestamp":<TIME>,"name":"shutdown_complete"}
  {"timestamp":<TIME>,"name":"tool_data","sent":1,"acked":0,"target_throughput":-1,A
  $ kafka-verifiable-producer.sh --bootstrap-server $BOOTSTRAP --topic old --max-messages x 2>&1 | tail -2
  verifiable-producer: error: argument --max-messages:  could not convert 'x'
  to Integer (For input string: "x")
  $ kafka-verifiable-consumer.sh --bootstrap-server $BOOTSTRAP --topic old --group-id g --command-config nope 2>&1 | tail -1
  verifiable-consumer: error: nope
  $ kafka-verifiable-share-consumer.sh --bootstrap-server $BOOTSTRAP --topic old --group-id g extra 2>&1 | tail -1
  verifiable-share-consumer: error: unrecognized arguments: 'extra'
