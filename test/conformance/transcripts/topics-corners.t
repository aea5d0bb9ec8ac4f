Creating topics in corners: all configs at once, levels and limits that are refused, names that only the broker refuses.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic all --config cleanup.policy=delete --config compression.type=zstd --config compression.zstd.level=5 --config compression.gzip.level=-1 --config compression.lz4.level=9 --config delete.retention.ms=1000 --config file.delete.delay.ms=2000 --config flush.messages=10 --config flush.ms=1000 --config index.interval.bytes=100 --config max.compaction.lag.ms=100000 --config max.message.bytes=5000 --config message.timestamp.after.max.ms=3600000 --config message.timestamp.before.max.ms=3600000 --config message.timestamp.type=CreateTime --config min.cleanable.dirty.ratio=0.25 --config min.compaction.lag.ms=1 --config min.insync.replicas=1 --config preallocate=true --config retention.bytes=-1 --config retention.ms=-1 --config segment.bytes=2000000 --config segment.index.bytes=1000 --config segment.jitter.ms=5 --config segment.ms=1000000 --config unclean.leader.election.enable=true
  Created topic all.
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --describe --topic all
  Topic: all	TopicId: <ID>	PartitionCount: 1	ReplicationFactor: 1	Configs: compression.type=zstd,min.insync.replicas=1,segment.jitter.ms=5,cleanup.policy=delete,flush.ms=1000,compression.lz4.level=9,segment.bytes=2000000,retention.ms=-1,compression.gzip.level=-1,flush.messages=10,compression.zstd.level=5,max.compaction.lag.ms=100000,file.delete.delay.ms=2000,max.message.bytes=5000,min.compaction.lag.ms=1,message.timestamp.type=CreateTime,preallocate=true,index.interval.bytes=100,min.cleanable.dirty.ratio=0.25,unclean.leader.election.enable=true,retention.bytes=-1,delete.retention.ms=1000,message.timestamp.after.max.ms=3600000,message.timestamp.before.max.ms=3600000,segment.ms=1000000,segment.index.bytes=1000
  	Topic: all	Partition: 0	Leader: 1	Replicas: 1	Isr: 1	Elr: 	LastKnownElr: 
  $ for c in compression.zstd.level=23 compression.gzip.level=0 max.message.bytes=2147483648 cleanup.policy=compact,none leader.replication.throttled.replicas=a =5; do kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic bad --config "$c" 2>/dev/null; done
  Error while executing topic command : Invalid value 23 for configuration compression.zstd.level: Value must be no more than 22
  Error while executing topic command : Invalid value 0 for configuration compression.gzip.level: Value must be between 1 and 9 or equal to -1
  Error while executing topic command : Invalid value 2147483648 for configuration max.message.bytes: Not a number of type INT
  Error while executing topic command : Invalid value none for configuration cleanup.policy: String must be one of: compact, delete
  Error while executing topic command : Invalid value [a] for configuration leader.replication.throttled.replicas: leader.replication.throttled.replicas must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...
  Error while executing topic command : Unknown topic config name: 
  [1]
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic bad --config min.compaction.lag.ms=10 --config max.compaction.lag.ms=5 2>/dev/null
  Error while executing topic command : conflict topic config setting min.compaction.lag.ms (10) > max.compaction.lag.ms (5)
  [1]
  $ for t in __cluster_metadata a:b 'tête'; do kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic "$t" 2>/dev/null; done
  WARNING: Due to limitations in metric names, topics with a period ('.') or underscore ('_') could collide. To avoid issues it is best to use either, but not both.
  Error while executing topic command : Creation of internal topic __cluster_metadata is prohibited.
  Error while executing topic command : Topic name is invalid: 'a:b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'
  Error while executing topic command : Topic name is invalid: 'tête' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'
  [1]
  $ for r in 1, a 1,2:1; do kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic placed --replica-assignment "$r" 2>/dev/null; done
  Created topic placed.
  Error while executing topic command : For input string: "a"
  Error while executing topic command : Partition 1 has different replication factor: [2, 1]
  [1]
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic many --partitions 10001 2>/dev/null
  Error while executing topic command : Excessively large number of partitions per request.
  [1]
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --list
  all
  placed
