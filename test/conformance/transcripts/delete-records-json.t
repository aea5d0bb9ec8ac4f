JSON that kafka-delete-records.sh takes or refuses at the edge, and the largest timestamp of what is deleted.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic aa --partitions 1; echo 1 | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic aa
  Created topic aa.
  $ for j in ' ' '{"partitions":[{"topic":"aa","partition":0,"offset":99}]} trailing' '{"partitions":[{"topic":"aa","partition":0,"offset":1.5}]}' '{"partitions":[],}'; do printf '%s' "$j" > j.json; kafka-delete-records.sh --bootstrap-server $BOOTSTRAP --offset-json-file j.json 2>&1 | grep -v '^\[' | head -1; done
  Expected JSON object, received 
  Executing records delete operation
  Expected `Long` value, received 1.5
  The input string is not a valid JSON
  $ echo '{"partitions":[{"topic":"aa","partition":0,"offset":-1}]}' > j.json; kafka-delete-records.sh --bootstrap-server $BOOTSTRAP --offset-json-file j.json
  Executing records delete operation
  Records delete operation completed:
  partition: aa-0	low_watermark: 1
  $ for t in max-timestamp earliest 0; do kafka-get-offsets.sh --bootstrap-server $BOOTSTRAP --topic aa --time $t; done
  aa:0:0
  aa:0:1
