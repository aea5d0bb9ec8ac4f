// franz-go: idempotent producer with every codec, a consumer group, the admin client, transactions.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func roundTrip(ctx context.Context, admin *kadm.Client, name string, codec kgo.CompressionCodec, count int) {
	seeds := kgo.SeedBrokers(os.Getenv("BOOTSTRAP"))
	topic := "franz-go-" + name
	_, err := admin.CreateTopic(ctx, 3, 1, nil, topic)
	check(err)
	producer, err := kgo.NewClient(seeds, kgo.DefaultProduceTopic(topic), kgo.ProducerBatchCompression(codec))
	check(err)
	for i := range count {
		n := strconv.Itoa(i)
		producer.Produce(ctx, &kgo.Record{Key: []byte("key-" + n), Value: []byte("value-" + n),
			Headers: []kgo.RecordHeader{{Key: "n", Value: []byte(n)}}}, func(_ *kgo.Record, err error) { check(err) })
	}
	check(producer.Flush(ctx))
	producer.Close()
	consumer, err := kgo.NewClient(seeds, kgo.ConsumeTopics(topic), kgo.ConsumerGroup("g-"+topic), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	check(err)
	seen := map[string]bool{}
	for len(seen) < count {
		fetches := consumer.PollFetches(ctx)
		check(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			n := string(r.Key)[4:]
			if seen[n] || string(r.Value) != "value-"+n || string(r.Headers[0].Value) != n {
				check(fmt.Errorf("record %s came twice or differs", n))
			}
			seen[n] = true
		})
	}
	check(consumer.CommitUncommittedOffsets(ctx))
	consumer.Close()
	fmt.Println("ok " + name)
}

// Consumes, transforms and produces in transactions; every third one is aborted and done again.
func transactions(ctx context.Context, admin *kadm.Client, count int) {
	seeds := kgo.SeedBrokers(os.Getenv("BOOTSTRAP"))
	_, err := admin.CreateTopics(ctx, 2, 1, nil, "franz-go-source", "franz-go-target")
	check(err)
	filler, err := kgo.NewClient(seeds, kgo.DefaultProduceTopic("franz-go-source"))
	check(err)
	for i := range count {
		filler.Produce(ctx, kgo.StringRecord(strconv.Itoa(i)), func(_ *kgo.Record, err error) { check(err) })
	}
	check(filler.Flush(ctx))
	filler.Close()
	session, err := kgo.NewGroupTransactSession(seeds, kgo.TransactionalID("franz-go-tx"), kgo.ConsumeTopics("franz-go-source"),
		kgo.ConsumerGroup("franz-go-movers"), kgo.FetchIsolationLevel(kgo.ReadCommitted()), kgo.RequireStableFetchOffsets(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()), kgo.DefaultProduceTopic("franz-go-target"))
	check(err)
	for moved, transactions := 0, 1; moved < count; transactions++ {
		fetches := session.PollRecords(ctx, 100)
		check(fetches.Err())
		check(session.Begin())
		fetches.EachRecord(func(r *kgo.Record) {
			session.Produce(ctx, kgo.SliceRecord(r.Value), func(_ *kgo.Record, err error) { check(err) })
		})
		check(session.Client().Flush(ctx))
		committed, err := session.End(ctx, kgo.TransactionEndTry(transactions%3 != 0))
		check(err)
		if committed {
			moved += fetches.NumRecords()
		}
	}
	session.Close()
	reader, err := kgo.NewClient(seeds, kgo.ConsumeTopics("franz-go-target"), kgo.FetchIsolationLevel(kgo.ReadCommitted()),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	check(err)
	defer reader.Close()
	seen := map[string]bool{}
	for len(seen) < count {
		fetches := reader.PollFetches(ctx)
		check(fetches.Err())
		fetches.EachRecord(func(r *kgo.Record) {
			if seen[string(r.Value)] {
				check(fmt.Errorf("record %s came twice", r.Value))
			}
			seen[string(r.Value)] = true
		})
	}
	fmt.Println("ok transactions")
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	count, err := strconv.Atoi(os.Getenv("COUNT"))
	check(err)
	client, err := kgo.NewClient(kgo.SeedBrokers(os.Getenv("BOOTSTRAP")))
	check(err)
	defer client.Close()
	admin := kadm.NewClient(client)
	roundTrip(ctx, admin, "none", kgo.NoCompression(), count)
	roundTrip(ctx, admin, "gzip", kgo.GzipCompression(), count)
	roundTrip(ctx, admin, "snappy", kgo.SnappyCompression(), count)
	roundTrip(ctx, admin, "lz4", kgo.Lz4Compression(), count)
	roundTrip(ctx, admin, "zstd", kgo.ZstdCompression(), count)
	lag, err := admin.Lag(ctx, "g-franz-go-none")
	check(err)
	check(lag.Error())
	if total := lag["g-franz-go-none"].Lag.Total(); total != 0 {
		check(fmt.Errorf("lag is %d", total))
	}
	_, err = admin.DeleteTopics(ctx, "franz-go-none")
	check(err)
	fmt.Println("ok admin")
	transactions(ctx, admin, count)
}
