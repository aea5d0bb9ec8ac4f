// The daemon's program around a broker that only listens. FAIL=… in the environment makes its start fail.

import { runCluster } from '../../../src/daemon/run-cluster.ts';
import { nodeIo } from '../../../src/io/node.ts';

const code = await runCluster(nodeIo(), process.argv.slice(3), process.env, {
  format: () => 'fake-cluster-id',
  start: async ({ config, io, log }) => {
    if (process.env.FAIL === 'exit') process.exit(7);
    if (process.env.FAIL !== undefined) throw new Error(process.env.FAIL);
    const { host, port } = config.brokerListeners[0]!;
    const listener = await io.network.listen({ host, port }, (connection) => connection.destroy());
    log('listening');
    return {
      listeners: [{ name: 'PLAINTEXT', host, port }],
      failed: new Promise<Error>(() => {}),
      shutdown: () => listener.close(),
    };
  },
});
process.exit(code);
