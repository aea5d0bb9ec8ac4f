// Has Apache Kafka's own cleaner compact a partition's folder, at a time that is given: for make-fixture.ts.
//   java -cp 'LIBS/*' Compact.java FOLDER UNCLEANABLE_OFFSET SEGMENT_BYTES NOW_MS [NOW_MS …]
// Cleans the whole log once for each time.

import java.io.File;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.KafkaScheduler;
import org.apache.kafka.storage.internals.log.Cleaner;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.LogDirFailureChannel;
import org.apache.kafka.storage.internals.log.LogToClean;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;
import org.apache.kafka.storage.internals.log.UnifiedLog;
import org.apache.kafka.storage.internals.utils.Throttler;
import org.apache.kafka.storage.log.metrics.BrokerTopicStats;

public class Compact {
    static long nowMs;

    /** The system's time, but for what the clock on the wall shows. */
    static Time time() {
        return (Time) Proxy.newProxyInstance(
            Compact.class.getClassLoader(),
            new Class<?>[] {Time.class},
            (proxy, method, args) ->
                method.getName().equals("milliseconds") ? nowMs : method.invoke(Time.SYSTEM, args));
    }

    public static void main(String[] args) throws Exception {
        nowMs = Long.parseLong(args[3]);
        Time time = time();
        KafkaScheduler scheduler = new KafkaScheduler(1);
        scheduler.startup();
        LogConfig config = new LogConfig(Map.of(
            "cleanup.policy", "compact",
            "internal.segment.bytes", args[2],
            "index.interval.bytes", "200",
            "file.delete.delay.ms", "0"));
        UnifiedLog log = UnifiedLog.create(
            new File(args[0]), config, 0, Long.MAX_VALUE, scheduler, new BrokerTopicStats(), time, 900000,
            new ProducerStateManagerConfig(Integer.MAX_VALUE, false), 600000,
            new LogDirFailureChannel(1), true, Optional.empty());
        Cleaner cleaner = new Cleaner(
            0, new SkimpyOffsetMap(1 << 20), 1 << 16, 1 << 20, 0.9,
            new Throttler(Double.MAX_VALUE, 300, "io", "bytes", time), time, partition -> { });
        for (int n = 3; n < args.length; n++) {
            nowMs = Long.parseLong(args[n]);
            cleaner.doClean(new LogToClean(log, 0, Long.parseLong(args[1]), true), nowMs);
        }
        scheduler.shutdown();
        log.close();
    }
}
