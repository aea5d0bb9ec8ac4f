kafka-storage.sh: releases by their whole number, names nearly right, a file that is no meta.properties.
#nobroker

  $ printf 'process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@localhost:19093\nlisteners=PLAINTEXT://localhost:19092,CONTROLLER://localhost:19093\ncontroller.listener.names=CONTROLLER\nlog.dirs=%s/v1\n' $PWD > s.properties; kafka-storage.sh format -t AAAAAAAAAAAAAAAAAAAAAQ -c s.properties --release-version 4.1.2 | grep -v '^Bootstrap metadata: '
  Formatting metadata directory <WORK>/v1 with metadata.version 4.1-IV1.
  $ kafka-storage.sh version-mapping --release-version 3.9.0 | head -2
  metadata.version=21 (3.9.0)
  kraft.version=1
  $ for o in 'format --nope' infos 'format --standalne'; do kafka-storage.sh $o 2>&1 | tr -s ' \n\t' ' ' | grep -oE 'error: .*' | sed 's/ $//'; done
  error: unrecognized arguments: '--nope' Did you mean: --config --help
  error: invalid choice: 'infos' (choose from 'info', 'format', 'version-mapping', 'feature-dependencies', 'random-uuid') Did you mean: info
  error: unrecognized arguments: '--standalne' Did you mean: --standalone
  $ for l in 6 99 31; do kafka-storage.sh format -t AAAAAAAAAAAAAAAAAAAAAQ -c s.properties -g --feature metadata.version=$l 2>&1 | grep -oE 'No MetadataVersion .*|metadata.version .* stable.*' | head -1; done
  No MetadataVersion with feature level 6. Valid feature levels are from 7 to 31.
  No MetadataVersion with feature level 99. Valid feature levels are from 7 to 31.
  metadata.version 4.4-IV0 is not yet stable.
  $ sed 's/v1/v1,v2/' s.properties | sed "s#,v2#,$PWD/v2#" > two.properties; mkdir v2; echo garbage > v2/meta.properties; kafka-storage.sh info -c two.properties | sed -E 's/directory.id=[^,}]*/directory.id=(id)/'
  Found log directories:
    <WORK>/v1
    <WORK>/v2
  
  Found metadata: {cluster.id=<ID>, directory.id=(id), node.id=1, version=1}
  
  Found problem:
    Mismatched cluster IDs between storage directories.
  
  $ echo garbage > v1/meta.properties; rm -r v2; kafka-storage.sh info -c two.properties
  Found log directory:
    <WORK>/v1
  
  Found metadata: {version=0}
  
  Found problems:
    <WORK>/v2 does not exist
    The kafka configuration file appears to be for a cluster in KRaft mode, but the directories are formatted for legacy mode.
  
  [1]
  $ for line in node.id=x version=7; do printf 'version=1\ncluster.id=c\nnode.id=1\n%s\n' $line > v1/meta.properties; kafka-storage.sh info -c s.properties | grep -A9 '^Found'; done
  Found log directory:
    <WORK>/v1
  
  Found problem:
    Error loading <WORK>/v1/meta.properties: Unable to read node.id as a base-10 number.
  
  Found log directory:
    <WORK>/v1
  
  Found problem:
    Error loading <WORK>/v1/meta.properties: Unknown meta.properties version number 7
  
  $ kafka-storage.sh version-mapping --release-version 4.4-IV0 | head -1
  metadata.version=31 (4.4-IV0)
  $ rm -r v1; kafka-storage.sh format -t AAAAAAAAAAAAAAAAAAAAAQ -c s.properties --add-scram 'SCRAM-SHA-256=[name=a,salt="MWx2NHBkbnc0ZndxN25vdGN4bTB5Nnk=",saltedpassword="mT0yyUUxnlJaC99HXgRTSYlbuqa4FSGtJCJfTMvjYCE="]' | grep -o 'UserScram.*)]'
  UserScramCredentialRecord(name='a', mechanism=1, salt=[49, 108, 118, 52, 112, 100, 110, 119, 52, 102, 119, 113, 55, 110, 111, 116, 99, 120, 109, 48, 121, 54, 121], storedKey=[93, 50, 42, -96, 113, -24, -34, -53, 28, 117, -116, 114, 112, -67, 59, -70, 31, 46, -74, 97, -25, -11, -11, -19, -114, -84, -125, 23, -82, -62, -115, 37], serverKey=[101, -82, 119, 71, 108, -124, 52, -124, -115, -19, -15, -53, -19, 101, 49, -82, 33, 100, 87, -73, 31, 110, -77, -73, -8, 43, 68, -90, -45, 27, 76, -15], iterations=4096) at version 0)]
  $ kafka-storage.sh format -t AAAAAAAAAAAAAAAAAAAAAQ -c s.properties -g -N --feature kraft.version=1 2>&1 | grep -o 'Cannot set kraft.version to 1 unless' | head -1
  Cannot set kraft.version to 1 unless
