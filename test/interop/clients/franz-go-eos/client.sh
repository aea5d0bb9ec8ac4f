# franz-go's own test of exactly once: chains of groups that consume, transform and produce in transactions, under every
# balancer, each record once at the end.
export KGO_SEEDS=$BOOTSTRAP KGO_TEST_RF=1 KGO_TEST_RECORDS=5000 KGO_TEST_MAX_TOPIC_PARTS=6
exec ./eos.test -test.run '^TestTxnEtl$' -test.v
