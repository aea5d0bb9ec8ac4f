What a broker that runs refuses to be changed to: listeners, threads, and configs that only fit together with others.

  $ for c in listeners=X listeners=PLAINTEXT://localhost:19092 listeners=FOO://localhost:19092 listener.security.protocol.map=PLAINTEXT:PLAINTEXT; do kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --broker 1 --add-config "$c" 2>&1 | grep -o 'Exception: .*' | tail -1 | sed -E 's/:[0-9]{4,5}/:PORT/g'; done
  Exception: Error creating broker listeners from '[X]': Unable to parse X to a broker endpoint
  Exception: requirement failed: controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role
  Exception: Error creating broker listeners from '[FOO://localhost:PORT]': No security protocol defined for listener FOO
  Exception: Error creating broker listeners from '[PLAINTEXT://localhost:PORT, CONTROLLER://localhost:PORT]': No security protocol defined for listener CONTROLLER
  $ for c in num.io.threads=17 num.io.threads=3 background.threads=4 num.replica.fetchers=3 num.recovery.threads.per.data.dir=5 log.cleaner.threads=3 listener.name.plaintext.num.network.threads=9; do kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --broker 1 --add-config $c 2>&1 | grep -o 'Exception: .*' | tail -1; done
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.io.threads=17, value should not be greater than double the current value 8 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.io.threads=3, value should be at least half the current value 8 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for background.threads=4, value should be at least half the current value 10 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.replica.fetchers=3, value should not be greater than double the current value 1 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.recovery.threads.per.data.dir=5, value should not be greater than double the current value 2 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Log cleaner threads cannot be increased to more than double the current value 1 for configuration Invalid dynamic configuration
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Dynamic thread count update validation failed for num.network.threads=9, value should not be greater than double the current value 3 for configuration Invalid dynamic configuration
  $ for c in log.cleaner.threads=0 log.cleaner.dedupe.buffer.size=100 log.roll.ms=0 max.connections.per.ip=0 max.connections.per.ip.overrides=x max.connections.per.ip.overrides=127.0.0.1:x max.connection.creation.rate=0 cordoned.log.dirs=/nope; do kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --broker 1 --add-config $c 2>&1 | grep -o 'Exception: .*' | tail -1; done
  Exception: / by zero
  Exception: requirement failed: log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.
  Exception: requirement failed: log.roll.ms must be greater than or equal to 1
  Exception: requirement failed: max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.
  Exception: Error parsing configuration property 'max.connections.per.ip.overrides': begin 0, end -1, length 1
  Exception: For input string: "x"
  Exception: Invalid value org.apache.kafka.common.config.ConfigException: Invalid max.connection.creation.rate 0 for configuration Invalid dynamic configuration
  Exception: requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : /nope
  $ for n in 16 32 64 9 ; do kafka-configs.sh --bootstrap-server $BOOTSTRAP --alter --entity-type brokers --entity-default --add-config num.io.threads=$n 2>&1 | grep -oE 'Completed.*|Dynamic thread.*' | tail -1; done
  Completed updating default config for brokers in the cluster.
  Completed updating default config for brokers in the cluster.
  Completed updating default config for brokers in the cluster.
  Dynamic thread count update validation failed for num.io.threads=9, value should be at least half the current value 64 for configuration Invalid dynamic configuration
  $ kafka-configs.sh --bootstrap-server $BOOTSTRAP --describe --broker 1
  Dynamic configs for broker 1 are:
