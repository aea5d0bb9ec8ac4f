Reading several partitions and topics at once: the order in which the records of one poll are printed.
#timeout 120

  $ for t in s ab o; do kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic $t 2>/dev/null; echo from $t | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic $t; done
  Created topic s.
  Created topic ab.
  Created topic o.
  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic parted --partitions 7
  Created topic parted.
  $ for i in $(seq 40); do printf 'key%s\tvalue%s\n' $i $i; done | kafka-console-producer.sh --bootstrap-server $BOOTSTRAP --topic parted --reader-property parse.key=true
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --include 's|ab|o' --from-beginning --max-messages 3 2>/dev/null
  from o
  from ab
  from s
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic parted --from-beginning --max-messages 40 --formatter-property print.partition=true 2>/dev/null
  Partition:4	value3
  Partition:4	value11
  Partition:4	value17
  Partition:4	value21
  Partition:4	value25
  Partition:4	value37
  Partition:4	value39
  Partition:4	value40
  Partition:5	value1
  Partition:5	value8
  Partition:5	value9
  Partition:5	value10
  Partition:5	value12
  Partition:5	value22
  Partition:5	value27
  Partition:6	value14
  Partition:6	value29
  Partition:6	value36
  Partition:0	value2
  Partition:0	value15
  Partition:0	value28
  Partition:0	value33
  Partition:1	value26
  Partition:1	value31
  Partition:1	value32
  Partition:1	value38
  Partition:2	value4
  Partition:2	value6
  Partition:2	value7
  Partition:2	value13
  Partition:2	value16
  Partition:2	value18
  Partition:2	value19
  Partition:2	value23
  Partition:2	value35
  Partition:3	value5
  Partition:3	value20
  Partition:3	value24
  Partition:3	value30
  Partition:3	value34
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic parted --from-beginning --max-messages 40 --command-property group.protocol=consumer --formatter-property print.key=true 2>/dev/null
  key3	value3
  key11	value11
  key17	value17
  key21	value21
  key25	value25
  key37	value37
  key39	value39
  key40	value40
  key1	value1
  key8	value8
  key9	value9
  key10	value10
  key12	value12
  key22	value22
  key27	value27
  key14	value14
  key29	value29
  key36	value36
  key2	value2
  key15	value15
  key28	value28
  key33	value33
  key26	value26
  key31	value31
  key32	value32
  key38	value38
  key4	value4
  key6	value6
  key7	value7
  key13	value13
  key16	value16
  key18	value18
  key19	value19
  key23	value23
  key35	value35
  key5	value5
  key20	value20
  key24	value24
  key30	value30
  key34	value34
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic parted --from-beginning --max-messages 9 --group g 2>/dev/null
  value3
  value11
  value17
  value21
  value25
  value37
  value39
  value40
  value1
  $ kafka-console-consumer.sh --bootstrap-server $BOOTSTRAP --topic parted --from-beginning --max-messages 31 --group g 2>/dev/null
  value8
  value9
  value10
  value12
  value22
  value27
  value14
  value29
  value36
  value2
  value15
  value28
  value33
  value26
  value31
  value32
  value38
  value4
  value6
  value7
  value13
  value16
  value18
  value19
  value23
  value35
  value5
  value20
  value24
  value30
  value34
