// A Kafka Streams application and its check: args are BOOTSTRAP, group protocol, shape (stateless, stateful), processing
// guarantee. Two instances share the work; the second one goes before the end, and the first takes over. Exit 0: the
// output is right, the internal topics are there, all input is committed.

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;

public class Application {
  static final int LINES = 30;

  static String bootstrap;
  static String id;
  static boolean isStateful;
  static Path folder;

  public static void main(String[] args) throws Exception {
    bootstrap = args[0];
    isStateful = args[2].equals("stateful");
    id = String.join("-", "app", args[1], args[2], args[3].replace('_', '-'));
    folder = Files.createTempDirectory(id);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      NewTopic input = new NewTopic(id + "-in", 3, (short) 1);
      admin.createTopics(List.of(input, new NewTopic(id + "-out", 1, (short) 1))).all().get();
    }
    KafkaStreams first = start(args[1], args[3], "1");
    KafkaStreams second = start(args[1], args[3], "2");
    produce(0);
    int perLine = isStateful ? 3 : 1;
    expect(LINES * perLine, "hello", LINES);
    second.close(Duration.ofSeconds(20));
    produce(LINES);
    expect(2 * LINES * perLine, "hello", 2 * LINES);
    first.close(Duration.ofSeconds(20));
    check(args[1]);
    System.exit(0);
  }

  static KafkaStreams start(String protocol, String guarantee, String instance) {
    Properties config = new Properties();
    config.put("application.id", id);
    config.put("bootstrap.servers", bootstrap);
    config.put("group.protocol", protocol);
    config.put("processing.guarantee", guarantee);
    config.put("commit.interval.ms", "200");
    // An instance of the classic protocol goes without a word: the others wait that long.
    if (protocol.equals("classic")) config.put("session.timeout.ms", "6000");
    if (protocol.equals("classic")) config.put("heartbeat.interval.ms", "1000");
    config.put("statestore.cache.max.bytes", "0");
    config.put("state.dir", folder.resolve(instance).toString());
    config.put("default.key.serde", Serdes.String().getClass());
    config.put("default.value.serde", Serdes.String().getClass());
    KafkaStreams streams = new KafkaStreams(topology(), config);
    streams.start();
    return streams;
  }

  static Topology topology() {
    StreamsBuilder builder = new StreamsBuilder();
    KStream<String, String> lines = builder.stream(id + "-in");
    if (!isStateful) {
      lines.mapValues(line -> line.toUpperCase()).to(id + "-out");
    } else {
      // A repartition topic before the store, a changelog behind it.
      lines.flatMapValues(line -> Arrays.asList(line.split(" "))).groupBy((key, word) -> word)
          .count(Materialized.as("counts")).toStream().mapValues(count -> count.toString()).to(id + "-out");
    }
    return builder.build();
  }

  static void produce(int from) {
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrap);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
      for (int i = from; i < from + LINES; i++) {
        producer.send(new ProducerRecord<>(id + "-in", "key" + i, "hello streams " + i % 5));
      }
    }
  }

  /** Waits for this many records of output, and no more. */
  static void expect(int records, String word, int count) {
    Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed");
    TreeMap<String, String> last = new TreeMap<>();
    int read = 0;
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(id + "-out", 0)));
      consumer.seekToBeginning(consumer.assignment());
      long end = System.currentTimeMillis() + 60_000;
      while (read < records && System.currentTimeMillis() < end) {
        for (var record : consumer.poll(Duration.ofMillis(200))) {
          last.put(record.key(), record.value());
          read++;
        }
      }
    }
    if (read != records) throw new IllegalStateException(read + " records instead of " + records);
    if (isStateful && !last.get(word).equals("" + count)) throw new IllegalStateException("counted " + last);
  }

  static void check(String protocol) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
      if (isStateful) {
        List<String> internal = List.of(id + "-counts-repartition", id + "-counts-changelog");
        for (var topic : admin.describeTopics(internal).allTopicNames().get().values()) {
          if (topic.partitions().size() != 3) throw new IllegalStateException(topic.toString());
        }
      }
      String type = admin.listGroups().all().get().stream().filter(group -> group.groupId().equals(id))
          .findFirst().get().type().get().toString();
      if (!type.equalsIgnoreCase(protocol)) throw new IllegalStateException("a group of type " + type);
      long committed = 0;
      var offsets = admin.listConsumerGroupOffsets(id).partitionsToOffsetAndMetadata().get();
      for (var entry : offsets.entrySet()) {
        if (entry.getKey().topic().equals(id + "-in")) committed += entry.getValue().offset();
      }
      // A transaction's marker takes an offset too; the input has none.
      if (committed != 2 * LINES) throw new IllegalStateException("committed " + committed);
    }
  }
}
