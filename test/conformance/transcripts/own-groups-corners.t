What a play of several hundred command lines of the group tools showed: the order of several topics, lists with empty
words, plans from odd files, expressions, and which failures each tool words itself.

  $ kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic a --partitions 3 >/dev/null; kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic b --partitions 2 >/dev/null; kafka-topics.sh --bootstrap-server $BOOTSTRAP --create --topic c >/dev/null
  $ for t in a b c; do kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --topic $t --to-earliest --execute; done
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  g               a               2          0
  g               a               1          0
  g               a               0          0
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  g               b               1          0
  g               b               0          0
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  g               c               0          0
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --all-topics --to-current --dry-run
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  g               a               2          0
  g               a               1          0
  g               b               1          0
  g               a               0          0
  g               b               0          0
  g               c               0          0
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --all-topics --to-earliest --export --dry-run
  a,2,0
  a,1,0
  b,1,0
  a,0,0
  b,0,0
  c,0,0
  
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --list --state Empty,,
  GROUP                     STATE               
  g                         Empty               
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --list --state ,
  GROUP                     STATE               
  g                         Empty               
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --list --state ,Empty 2>&1 | head -1 | sed 's/are: .*/are/'
  Invalid state list ',Empty'. Valid states are
  $ printf 'a,0,-4\n' > negative.csv; kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --from-file negative.csv --dry-run 2>&1 | head -1
  Invalid negative offset
  $ printf '"a,0,1\n' > quote.csv; kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --from-file quote.csv --dry-run
  
  Error: Executing consumer group command failed due to com.fasterxml.jackson.core.JsonParseException: Missing closing quote for value
   at [Source: (StringReader); line: 1, column: 7]
  (stderr)
  $ printf '\n\n' > blank.csv; kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --from-file blank.csv --dry-run
  
  Error: No reset plan for group g found
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  $ printf 'g,a,0,0\nh,b,1,0\n' > two.csv; kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --group h --from-file two.csv --dry-run
  
  GROUP           TOPIC           PARTITION  NEW-OFFSET
  g               a               0          0
  h               b               1          0
  (stderr)
  $ kafka-consumer-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group g --topic a --to-offset 9223372036854775808 --dry-run
  
  Error: Executing consumer group command failed due to Cannot parse argument '9223372036854775808' of option to-offset
  (stderr)
  $ kafka-consumer-groups.sh --validate-regex ')'; kafka-consumer-groups.sh --validate-regex 'a|b)'; kafka-consumer-groups.sh --validate-regex '(a'
  The regular expression `)` is invalid: regexp/syntax: internal error.
  The regular expression `a|b)` is invalid: regexp/syntax: internal error.
  The regular expression `(a` is invalid: missing closing ).
  $ printf 'request.timeout.ms=x\n' > bad.properties; kafka-groups.sh --bootstrap-server $BOOTSTRAP --list --command-config bad.properties
  Error while executing groups command : Invalid value x for configuration request.timeout.ms: Not a number of type INT
  (stderr)
  [1]
  $ kafka-groups.sh --bootstrap-server $BOOTSTRAP --list --command-config none 2>&1 | head -2
  none
  java.nio.file.NoSuchFileException: none
  $ kafka-share-groups.sh --bootstrap-server $BOOTSTRAP --delete --group s --timeout x
  
  Error: Executing share group command failed due to Cannot parse argument 'x' of option timeout
  (stderr)
  $ kafka-share-groups.sh --bootstrap-server $BOOTSTRAP --delete-offsets --group s --group t --topic a
  
  Error: Executing share group command failed due to Found multiple arguments for option group, but you asked for only one
  (stderr)
  $ kafka-streams-groups.sh --bootstrap-server $BOOTSTRAP --list --type 2>&1
  type is not a recognized option
  [1]
  $ kafka-streams-groups.sh --bootstrap-server $BOOTSTRAP --list --members 2>&1
  Option(s) [members] are unavailable given other options on the command line
  [1]
  $ kafka-streams-groups.sh --bootstrap-server $BOOTSTRAP --reset-offsets --group nobody --all-input-topics --to-earliest --dry-run
  
  Error: Executing streams group command failed due to java.util.concurrent.ExecutionException: org.apache.kafka.common.errors.GroupIdNotFoundException: Group nobody not found.
  (stderr)
  [1]
