// The load and the judge of the kill test: an idempotent producer (acks=all) that goes on through every restart,
// until standard input ends; then it reads the topic whole and compares it with what was acknowledged.
// Prints one line `acknowledged N, read N, lost N, doubled N, gaps N` and exits 1 unless the last three are 0.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

const partitions = 4

type place struct {
	partition int32
	offset    int64
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	ctx := context.Background()
	topic := os.Getenv("TOPIC")
	seeds := kgo.SeedBrokers(os.Getenv("BOOTSTRAP"))
	valueBytes, err := strconv.Atoi(os.Getenv("VALUE_BYTES"))
	check(err)
	producer, err := kgo.NewClient(seeds, kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.MaxBufferedRecords(2000), kgo.RetryBackoffFn(func(int) time.Duration { return 20 * time.Millisecond }),
		kgo.ProducerLinger(time.Millisecond), kgo.RecordDeliveryTimeout(2*time.Minute),
		// A kill between a connection and its first answer looks to franz-go like a wrong protocol, which it doesn't retry.
		kgo.AlwaysRetryEOF(), kgo.UnknownTopicRetries(-1), kgo.AllowAutoTopicCreation(), kgo.ProducerBatchCompression(kgo.NoCompression()))
	check(err)
	var stop atomic.Bool
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); stop.Store(true) }()
	var lock sync.Mutex
	acknowledged := map[int64]place{}
	padding := make([]byte, valueBytes)
	var failed atomic.Int64
	sent := int64(0)
	for ; !stop.Load(); sent++ {
		n := sent
		producer.Produce(ctx, &kgo.Record{Partition: int32(n % partitions), Key: []byte(strconv.FormatInt(n, 10)), Value: padding},
			func(r *kgo.Record, err error) {
				if err != nil {
					failed.Add(1)
					fmt.Fprintln(os.Stderr, "not acknowledged:", err)
					return
				}
				lock.Lock()
				acknowledged[n] = place{r.Partition, r.Offset}
				lock.Unlock()
			})
	}
	check(producer.Flush(ctx))
	producer.Close()
	consumer, err := kgo.NewClient(seeds, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	check(err)
	defer consumer.Close()
	next := [partitions]int64{}
	seen := map[int64]place{}
	gaps, doubled := 0, 0
	for len(seen) < len(acknowledged) {
		poll, cancel := context.WithTimeout(ctx, 10*time.Second)
		fetches := consumer.PollFetches(poll)
		cancel()
		if fetches.Empty() {
			break
		}
		fetches.EachRecord(func(r *kgo.Record) {
			n, err := strconv.ParseInt(string(r.Key), 10, 64)
			check(err)
			if r.Offset != next[r.Partition] {
				gaps++
			}
			next[r.Partition] = r.Offset + 1
			if _, twice := seen[n]; twice {
				doubled++
			}
			seen[n] = place{r.Partition, r.Offset}
		})
	}
	lost := 0
	for n, at := range acknowledged {
		if seen[n] != at {
			lost++
		}
	}
	fmt.Printf("acknowledged %d, read %d, lost %d, doubled %d, gaps %d, refused %d\n",
		len(acknowledged), len(seen), lost, doubled, gaps, failed.Load())
	if lost+doubled+gaps > 0 || failed.Load() > 0 {
		os.Exit(1)
	}
}
