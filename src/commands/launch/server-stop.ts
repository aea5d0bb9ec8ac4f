// kafka-server-stop.sh [--process-role=broker|controller] [--node-id=N]: SIGTERM to the brokers of this user that kafta
// runs. Kafka's script doesn't wait for them, and neither does this.

import { runningServers } from '../../daemon/servers.ts';
import { terminate } from '../../daemon/stop.ts';
import { nodeIo } from '../../io/node.ts';

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return process.argv
    .slice(2)
    .find((word) => word.startsWith(prefix))
    ?.slice(prefix.length);
}

const role = option('process-role');
const nodeId = option('node-id');
const servers = runningServers(nodeIo(), process.env).filter(
  (server) =>
    (role === undefined || server.roles.includes(role)) &&
    (nodeId === undefined || String(server.nodeId) === nodeId),
);
if (servers.length === 0) {
  process.stdout.write('No kafka server to stop\n');
  process.exitCode = 1;
}
for (const { pid } of servers) terminate(pid);
