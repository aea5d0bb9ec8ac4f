A transaction that hangs for real: its producer is killed, and the coordinator's log is deleted with all that it knew. It is
found, and ended by a marker from outside.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic hang --partitions 1
  Created topic hang.
  $ { timeout -s KILL 15 kafka-producer-perf-test.sh --topic hang --num-records 100000 --record-size 8 --throughput 8 --transactional-id lost --transaction-duration-ms 600000 --bootstrap-server $BOOTSTRAP; } >/dev/null 2>&1; echo $?
  137
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic hang --max-transaction-timeout 0 | wc -l
  1
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --delete --topic __transaction_state
  $ sleep 3; kafka-transactions.sh --bootstrap-server $BOOTSTRAP list
  TransactionalId	Coordinator	ProducerId	TransactionState	
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe-producers --topic hang --partition 0 | cut -f1,2,3,6
  ProducerId	ProducerEpoch	LatestCoordinatorEpoch	CurrentTransactionStartOffset
  0         	0            	-1                    	0                            
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic hang --max-transaction-timeout 0 | cut -f1-6
  Topic	Partition	ProducerId	ProducerEpoch	CoordinatorEpoch	StartOffset
  hang 	0        	0         	0            	-1              	0          
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic hang --partition 0 --max-transaction-timeout 0 | cut -f1-6
  Topic	Partition	ProducerId	ProducerEpoch	CoordinatorEpoch	StartOffset
  hang 	0        	0         	0            	-1              	0          
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --broker-id 1 --max-transaction-timeout 0 | cut -f1-6
  Topic	Partition	ProducerId	ProducerEpoch	CoordinatorEpoch	StartOffset
  hang 	0        	0         	0            	-1              	0          
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic hang
  Topic	Partition	ProducerId	ProducerEpoch	CoordinatorEpoch	StartOffset	LastTimestamp	Duration(min)	
Nobody who reads what is committed gets by it.
  $ echo behind | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic hang
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic hang --from-beginning --isolation-level read_committed --timeout-ms 4000 2>/dev/null | wc -l
  0
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic hang --partition 0 --producer-id 0 --producer-epoch -1 --coordinator-epoch 0 2>&1 | grep -v ERROR
  Failed to abort transaction AbortTransactionSpec(topicPartition=hang-0, producerId=0, producerEpoch=-1, coordinatorEpoch=0): WriteTxnMarkers request with AbortTransactionSpec(topicPartition=hang-0, producerId=0, producerEpoch=-1, coordinatorEpoch=0) failed due to unexpected error: The server experienced an unexpected error when processing the request.. Enable debug logging for additional detail.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic hang --partition 0 --start-offset 0
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --topic hang --max-transaction-timeout 0
  Topic	Partition	ProducerId	ProducerEpoch	CoordinatorEpoch	StartOffset	LastTimestamp	Duration(min)	
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic hang --partition 0 --start-offset 0 2>&1
  Could not find any open transactions starting at offset 0 on partition hang-0
  [1]
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic hang --from-beginning --isolation-level read_committed --timeout-ms 4000 2>/dev/null
  behind
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe-producers --topic hang --partition 0 | awk -F'\t' 'NR>1 { print $1+0, $2+0, $3+0, $6 }' | sed 's/ *$//' | sort
  0 0 0 None
  1 0 -1 None
  $ kafka-dump-log.sh --print-data-log --files $DATA/hang-0/00000000000000000000.log | grep -oE 'endTxnMarker: [A-Z]+'
  endTxnMarker: ABORT
Ids are listed in the order of the coordinator's tables, whatever came first.
  $ for id in t-hang t-empty t-open zz a; do kafka-producer-perf-test.sh --topic hang --num-records 1 --record-size 8 --throughput -1 --transactional-id $id --transaction-duration-ms 60000 --bootstrap-server $BOOTSTRAP >/dev/null; done
  $ sleep 1; kafka-transactions.sh --bootstrap-server $BOOTSTRAP list | cut -f1,4
  TransactionalId	TransactionState
  t-open         	CompleteCommit  
  t-hang         	CompleteCommit  
  t-empty        	CompleteCommit  
  a              	CompleteCommit  
  zz             	CompleteCommit  
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --transactional-id-pattern 't-.*' --duration-filter -1 | cut -f1
  TransactionalId
  t-open         
  t-hang         
  t-empty        
What the parser refuses.
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP des 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error: ambiguous command:  des could match describe,
  describe-producers
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP '' 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error:  invalid  choice:  ''  (choose  from  'list',
  'describe',      'describe-producers',       'abort',       'find-hanging',
  'forceTerminateTransaction')
  
  Did you mean:
  	abort
  	describe
  	describe-producers
  	find-hanging
  	forceTerminateTransaction
  	list
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP list --help=yes 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port list [-h]
                               [--duration-filter DURATION_FILTER]
                               [--transactional-id-pattern TRANSACTIONAL_ID_PATTERN]
  kafka-transactions.sh: error: argument -h/--help:  ignore implicit argument
  'yes'
  [1]
  $ kafka-transactions.sh describe 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error: argument --bootstrap-server is required
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP describe 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port describe [-h]
                               --transactional-id TRANSACTIONAL_ID
  kafka-transactions.sh: error: argument --transactional-id is required
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP -- list 2>&1
  usage: kafka-transactions.sh [-h] [-v] [--command-config FILE]
                               --bootstrap-server host:port COMMAND ...
  kafka-transactions.sh: error: unrecognized arguments: 'list'
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP abort --topic hang --partition 0 --producer 5 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port abort [-h]
                               --topic TOPIC --partition PARTITION
                               [--start-offset START_OFFSET]
                               [--producer-id PRODUCER_ID]
                               [--producer-epoch PRODUCER_EPOCH]
                               [--coordinator-epoch COORDINATOR_EPOCH]
  kafka-transactions.sh: error: ambiguous option:  --producer  could match --
  producer-epoch, --producer-id
  [1]
  $ kafka-transactions.sh --bootstrap-server $BOOTSTRAP find-hanging --broker-id 2147483648 2>&1
  usage: kafka-transactions.sh --bootstrap-server host:port find-hanging [-h]
                               [--broker-id BROKER_ID]
                               [--max-transaction-timeout MAX_TRANSACTION_TIMEOUT]
                               [--topic TOPIC] [--partition PARTITION]
  kafka-transactions.sh:  error:  argument  --broker-id:  could  not  convert
  '2147483648' to Integer (For input string: "2147483648")
  [1]
