Transactions seen through the console tools: a transactional.id that the console producer can't use, isolation levels, what
an open transaction holds back, and how it is ended from outside.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic iso --partitions 2
  Created topic iso.
  $ printf 'a\nb\n' | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic iso --command-property transactional.id=console --command-property delivery.timeout.ms=1500 --command-property request.timeout.ms=1000 --request-timeout-ms 1000 --timeout 0 2>&1 | grep -o 'IllegalStateException: .*' | sed 's/iso-[0-9]/iso-N/'
  IllegalStateException: Cannot add partition iso-N to transaction before completing a call to initTransactions
  $ printf 'a\n' | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic iso --command-property transactional.id= 2>&1 | grep -o 'ConfigException: .*'
  ConfigException: Invalid value  for configuration transactional.id: String must be non-empty
  $ printf 'a\n' | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic iso --command-property transactional.id=x --request-required-acks 1 2>&1 | grep -o 'ConfigException: .*'
  ConfigException: Cannot set a transactional.id without also enabling idempotence.
  $ kafka-get-offsets.sh --bootstrap-server $BOOTSTRAP --topic iso
  iso:0:0
  iso:1:0
A transaction that is left open by a producer that is stopped before its end.
  $ kafka-producer-perf-test.sh --topic iso --num-records 4 --record-size 8 --throughput -1 --transactional-id done --transaction-duration-ms 60000 --bootstrap-server $BOOTSTRAP >/dev/null
  $ { timeout -s KILL 12 kafka-producer-perf-test.sh --topic iso --num-records 100000 --record-size 8 --throughput 8 --transactional-id open --transaction-duration-ms 60000 --bootstrap-server $BOOTSTRAP; } >/dev/null 2>&1; echo $?
  137
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list | cut -f1,4 | sort
  TransactionalId	TransactionState
  done           	CompleteCommit  
  open           	Ongoing         
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --duration-filter 0 | cut -f1,4
  TransactionalId	TransactionState
  done           	CompleteCommit  
  open           	Ongoing         
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe --transactional-id open | awk -F'\t' 'NR==2 { print $2, $5, ($7 ~ /[0-9]/), ($8 > 0), $9 }' | sed -E 's/iso-[01](,iso-[01])?/ISO/; s/ +/ /g'
  open Ongoing 1 1 ISO 
  $ for p in 0 1; do kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe-producers --topic iso --partition $p | awk -F'\t' 'NR>1 { print $2+0, ($6 ~ /None/ ? "none" : "open") }'; done | sort | uniq -c | sed 's/^ *//'
  1 0 open
  1 1 none
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic iso --from-beginning --isolation-level read_committed --timeout-ms 4000 2>/dev/null | wc -l
  4
  $ test $(kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic iso --from-beginning --isolation-level read_uncommitted --timeout-ms 4000 2>/dev/null | wc -l) -gt 10 && echo more
  more
  $ test $(kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic iso --from-beginning --timeout-ms 4000 2>/dev/null | wc -l) -gt 10 && echo more
  more
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --broker-id 1 --max-transaction-timeout 1 | wc -l
  1
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic iso --max-transaction-timeout 0 | wc -l
  1
It is ended from outside; its records stay in the log and out of sight.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP forceTerminateTransaction --transactionalId open
  $ sleep 1; kafka-transactions.sh --bootstrap-server $BOOTSTRAP list | cut -f1,4 | sort
  TransactionalId	TransactionState
  done           	CompleteCommit  
  open           	Empty           
  $ echo visible | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic iso; kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic iso --from-beginning --isolation-level read_committed --timeout-ms 4000 2>/dev/null | wc -l
  5
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic iso --isolation-level nonsense --timeout-ms 2000 2>&1 | grep -o 'Invalid value nonsense.*'
  Invalid value nonsense for configuration isolation.level: String must be one of: read_committed, read_uncommitted
  $ kafka-dump-log.sh --print-data-log --files $DATA/iso-0/00000000000000000000.log,$DATA/iso-1/00000000000000000000.log | grep -oE 'endTxnMarker: [A-Z]+' | sort | uniq -c | sed 's/^ *//'
  1 endTxnMarker: ABORT
  1 endTxnMarker: COMMIT
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic __transaction_state --from-beginning --formatter org.apache.kafka.tools.consumer.TransactionLogMessageFormatter --timeout-ms 4000 2>/dev/null | grep -oE '"transactionalId":"[a-z]+"|"transactionStatus":[0-9]+' | paste - - | uniq | sort
  "transactionalId":"done"	"transactionStatus":0
  "transactionalId":"done"	"transactionStatus":1
  "transactionalId":"done"	"transactionStatus":2
  "transactionalId":"done"	"transactionStatus":4
  "transactionalId":"open"	"transactionStatus":0
  "transactionalId":"open"	"transactionStatus":0
  "transactionalId":"open"	"transactionStatus":1
  "transactionalId":"open"	"transactionStatus":3
  "transactionalId":"open"	"transactionStatus":5
Hanging for real: a partition that no coordinator knows of.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0 --producer-id 4242 --producer-epoch 0 --coordinator-epoch 0
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0
  (stderr)
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0 --producer-id 1 2>&1
  Missing required argument --producer-epoch
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0 --producer-id 1 --producer-epoch 0 2>&1
  Missing required argument --coordinator-epoch
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0 --start-offset 77 2>&1
  Could not find any open transactions starting at offset 77 on partition iso-0
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe --transactional-id nobody 2>&1 | grep -v ERROR
  Failed to describe transaction state of transactional-id `nobody`: DescribeTransactions request for transactionalId `nobody` failed because the ID could not be found. Enable debug logging for additional detail.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging 2>&1
  The `find-hanging` command requires either --topic or --broker-id to limit the scope of the search
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --broker-id 1 --partition 0 2>&1
  The --partition argument requires --topic to be provided
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --transactional-id-pattern '[' 2>&1 | grep -v ERROR
  Failed to list transactions: ListTransactions request sent to broker 1 failed with an unexpected exception. Enable debug logging for additional detail.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP --command-config missing.properties list 2>&1
  Failed to load admin client properties: missing.properties. Enable debug logging for additional detail.
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --duration-filter -1 | cut -f1 | sort
  TransactionalId
  done           
  open           
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --transactional-id-pattern 'o.*n' | cut -f1
  TransactionalId
  open           
What the parser answers.
  $ kafka-transactions.sh --help
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  
  This tool is used to analyze  the  transactional  state of producers in the
  cluster. It can be used to detect and recover from hanging transactions.
  
  optional arguments:
    -h, --help             show this help message and exit
    -v, --version          show the version  of  this  Kafka distribution and
                           exit
    --command-config FILE  property file containing configs  to  be passed to
                           admin client
    --bootstrap-server host:port
                           hostname and port for  the  broker  to connect to,
                           in  the   form   `host:port`    (multiple   comma-
                           separated entries can be given)
  
  commands:
    COMMAND
      list                 list transactions
      describe             describe the state of an active transactional-id
      describe-producers   describe the  states  of  active  producers  for a
                           topic partition
      abort                abort    a    hanging     transaction    (requires
                           administrative privileges)
      find-hanging         find hanging transactions
      forceTerminateTransaction
                           Force   abort    an    ongoing    transaction   on
                           transactionalId      (requires      administrative
                           privileges)
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --help
  usage: kafka-transactions.sh --bootstrap-server host:port abort [-h]
                               --topic TOPIC --partition PARTITION
                               [--start-offset START_OFFSET]
                               [--producer-id PRODUCER_ID]
                               [--producer-epoch PRODUCER_EPOCH]
                               [--coordinator-epoch COORDINATOR_EPOCH]
  
  optional arguments:
    -h, --help             show this help message and exit
    --topic TOPIC          topic name
    --partition PARTITION  partition number
  
  Brokers on versions 3.0 and above:
    For newer brokers,  only  the  start  offset  of  the  transaction  to be
    aborted is required
  
    --start-offset START_OFFSET
                           start offset of the transaction to abort
  
  Brokers on versions older than 3.0:
    For older brokers, you must provide all of these arguments
  
    --producer-id PRODUCER_ID
                           producer id
    --producer-epoch PRODUCER_EPOCH
                           producer epoch
    --coordinator-epoch COORDINATOR_EPOCH
                           coordinator epoch
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe-producers --help
  usage: kafka-transactions.sh --bootstrap-server host:port
                               describe-producers [-h]
                               [--broker-id BROKER_ID] --topic TOPIC
                               --partition PARTITION
  
  optional arguments:
    -h, --help             show this help message and exit
    --broker-id BROKER_ID  optional broker id to  describe the producer state
                           on a specific replica
    --topic TOPIC          topic name
    --partition PARTITION  partition number
  [1]
  $ kafka-transactions.sh --version
  4.3.1 (Commit:26b251a451ce941d)
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe-producers --topic iso --partition x 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port
                               describe-producers [-h]
                               [--broker-id BROKER_ID] --topic TOPIC
                               --partition PARTITION
  kafka-transactions.sh: error: argument --partition:  could  not convert 'x'
  to Integer (For input string: "x")
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic iso --partition 0 --producer-epoch 40000 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port abort [-h]
                               --topic TOPIC --partition PARTITION
                               [--start-offset START_OFFSET]
                               [--producer-id PRODUCER_ID]
                               [--producer-epoch PRODUCER_EPOCH]
                               [--coordinator-epoch COORDINATOR_EPOCH]
  kafka-transactions.sh: error: argument --producer-epoch:  could not convert
  '40000' to Short (Value out of range. Value:"40000" Radix:10)
  [1]
  $ kafka-transactions.sh list 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error: argument --bootstrap-server is required
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP lst 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error: invalid  choice:  'lst'  (choose from 'list',
  'describe',      'describe-producers',       'abort',       'find-hanging',
  'forceTerminateTransaction')
  
  Did you mean:
  	list
  [1]
