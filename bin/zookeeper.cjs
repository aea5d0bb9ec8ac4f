// zookeeper-server-start.sh and -stop.sh of the legacy launchers: Kafka has no ZooKeeper since 4.0, and neither need scripts.
'use strict';

process.stderr.write(
  `ZooKeeper is no longer needed: Kafka keeps its metadata itself. Nothing to ${process.argv[2]}.\n`,
);
