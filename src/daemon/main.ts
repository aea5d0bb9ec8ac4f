// The program of a broker process, and the only importer of src/broker besides the library:
//   main cluster NAME [--port N] [--override k=v …]     an embedded broker; tells descriptor 3 when it serves
//   main run server.properties [--override k=v …]       kafka-server-start.sh: in the foreground, logs to stdout
// SIGTERM and SIGINT end it in order; a second one at once.

import { setFlagsFromString } from 'node:v8';
import { Broker } from '../broker/broker.ts';
import { nodeIo } from '../io/node.ts';
import { standardOutput } from '../io/node-stdio.ts';
import { formatWhenNew } from './format.ts';
import { runCluster } from './run-cluster.ts';
import { runForeground } from './run-foreground.ts';
import type { BrokerStarter } from './running-broker.ts';

// Little of what a broker makes lives on, so that collecting it takes about a millisecond; with helpers, that have to wait
// for a processor of a busy machine first, it takes many (docs/decisions/0023).
setFlagsFromString('--no-parallel-scavenge');

const starter: BrokerStarter = {
  format: formatWhenNew,
  start: (options) => Broker.start(options),
};

const [mode, ...argv] = process.argv.slice(2);
// What `ps` and `ss` show.
process.title = 'kafta-broker';
const io = nodeIo();
const code =
  mode === 'cluster'
    ? runCluster(io, argv, process.env, starter)
    : runForeground(io, argv, process.env, standardOutput(), starter);
code.then(
  (exitCode) => process.exit(exitCode),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
