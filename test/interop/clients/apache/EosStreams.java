// Kafka Streams with exactly_once_v2: counts by key, is closed in the middle and begins anew without its local state.
// Every count must appear once, in order, to a reader of committed records. Arguments: bootstrap server, records.

import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

public class EosStreams {
  static final String IN = "eos-streams-in", OUT = "eos-streams-out";

  static Properties with(String... pairs) {
    Properties properties = new Properties();
    for (int i = 0; i < pairs.length; i += 2) properties.put(pairs[i], pairs[i + 1]);
    return properties;
  }

  static KafkaStreams start(Topology topology, String bootstrap) throws Exception {
    KafkaStreams streams = new KafkaStreams(topology, with("bootstrap.servers", bootstrap, "application.id", "eos-streams",
        "processing.guarantee", "exactly_once_v2", "commit.interval.ms", "50", "statestore.cache.max.bytes", "0",
        "state.dir", Files.createTempDirectory("eos-streams").toString(), "session.timeout.ms", "6000",
        "consumer.auto.offset.reset", "earliest", "consumer.max.poll.records", "100"));
    streams.start();
    return streams;
  }

  public static void main(String[] args) throws Exception {
    String bootstrap = args[0];
    int count = Integer.parseInt(args[1]);
    try (Admin admin = Admin.create(with("bootstrap.servers", bootstrap))) {
      admin.createTopics(List.of(new NewTopic(IN, 2, (short) 1), new NewTopic(OUT, 2, (short) 1))).all().get();
    }
    try (KafkaProducer<String, String> producer = new KafkaProducer<>(with("bootstrap.servers", bootstrap),
        new StringSerializer(), new StringSerializer())) {
      for (int i = 0; i < count; i++) producer.send(new ProducerRecord<>(IN, "key-" + i % 10, ""));
    }
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(IN, Consumed.with(Serdes.String(), Serdes.String())).groupByKey().count().toStream()
        .to(OUT, Produced.with(Serdes.String(), Serdes.Long()));
    Topology topology = builder.build();
    KafkaStreams streams = start(topology, bootstrap);
    Map<String, Long> counts = new HashMap<>();
    long seen = 0, deadline = System.currentTimeMillis() + 120_000;
    boolean isSecond = false;
    try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(
        with("bootstrap.servers", bootstrap, "isolation.level", "read_committed"), new StringDeserializer(), new LongDeserializer())) {
      List<TopicPartition> partitions = List.of(new TopicPartition(OUT, 0), new TopicPartition(OUT, 1));
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (seen < count && System.currentTimeMillis() < deadline) {
        for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(100))) {
          long before = counts.getOrDefault(record.key(), 0L);
          if (record.value() != before + 1) fail(record.key() + " went from " + before + " to " + record.value());
          counts.put(record.key(), record.value());
          seen++;
        }
        if (!isSecond && seen > count / 4) {
          isSecond = true;
          streams.close(Duration.ofSeconds(10));
          streams = start(topology, bootstrap);
        }
      }
    }
    streams.close(Duration.ofSeconds(10));
    if (seen != count) fail(seen + " of " + count + " counts");
    System.exit(0);
  }

  static void fail(String what) {
    System.err.println(what);
    System.exit(1);
  }
}
