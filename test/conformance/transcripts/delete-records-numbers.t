Numbers and odd values in the file of kafka-delete-records.sh, as they are shown when they are refused.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic nn --partitions 2; seq 4 | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic nn --reader-property parse.key=false
  Created topic nn.
  $ for j in '' '{"version":1.0,"partitions":[]}' '{"version":1e0,"partitions":[]}' '{"partitions":[{"topic":"nn","partition":0,"offset":99999999999999999999}]}' '{"partitions":[{"topic":"nn","partition":0.5,"offset":1}]}' '[1.50,{"a":-0.0}]' '{"partitions":[{"topic":1.0,"partition":0,"offset":1}]}' '{"partitions":[{"topic":"nn","partition":2147483648,"offset":1}]}'; do printf '%s' "$j" > j.json; kafka-delete-records.sh --bootstrap-server $BOOTSTRAP --offset-json-file j.json 2>&1 | grep -v '^\[' | head -1; done
  The input string is not a valid JSON
  Expected `Integer` value, received 1.0
  Expected `Integer` value, received 1.0
  Expected `Long` value, received 99999999999999999999
  Expected `Integer` value, received 0.5
  Expected JSON object, received [1.5,{"a":-0.0}]
  Expected `String` value, received 1.0
  Expected `Integer` value, received 2147483648
  $ echo '{"version":1,"partitions":[{"offset":-1,"partition":0,"topic":"nn"},{"topic":"nn","partition":1,"offset":-1,"more":[1.5,{}]}]}' > j.json; kafka-delete-records.sh --bootstrap-server $BOOTSTRAP --offset-json-file j.json | sed '1,2d' | cut -f1 | sort
  partition: nn-0
  partition: nn-1
  $ kafka-get-offsets.sh --bootstrap-server $BOOTSTRAP --topic nn --time earliest | awk -F: '{s+=$3} END {print s}'
  4
