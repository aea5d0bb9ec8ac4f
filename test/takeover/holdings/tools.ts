// What kafta's tools tell of the parts that no other holding asks for: members, tasks, directories, eligible leaders.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ourLaunchers } from '../../support/broker-process.ts';
import type { Holding } from '../holding.ts';
import { COMPACTED } from './compacted.ts';

const run = promisify(execFile);

const COMMANDS: readonly string[] = [
  'kafka-topics.sh --describe',
  'kafka-configs.sh --describe --entity-type client-metrics',
  'kafka-consumer-groups.sh --describe --all-groups --members --verbose',
  'kafka-consumer-groups.sh --describe --all-groups --state --verbose',
  'kafka-share-groups.sh --describe --all-groups --members --verbose',
  'kafka-share-groups.sh --describe --all-groups --state --verbose',
  'kafka-streams-groups.sh --describe --all-groups --members --verbose',
  'kafka-streams-groups.sh --describe --all-groups --state --verbose',
  'kafka-log-dirs.sh --describe',
  'kafka-get-offsets.sh --time -4',
];

export const tools: Holding = {
  name: 'tools',

  async add() {},

  async observe({ client }) {
    const view = await client.cluster(client.startCall('cluster'));
    const [node] = view.nodes.values();
    const bootstrap = ['--bootstrap-server', `${node?.host}:${node?.port}`];
    const answers = COMMANDS.map(async (command): Promise<[string, string]> => {
      const [script, ...args] = command.split(' ') as [string, ...string[]];
      const { stdout } = await run(join(ourLaunchers, script), [...args, ...bootstrap]);
      return [command, inOrder(withoutCleaned(stdout))];
    });
    return new Map(await Promise.all(answers));
  },
};

/** How large a log is that a broker may be cleaning is its own affair. */
const withoutCleaned = (text: string): string =>
  text.replaceAll(new RegExp(`("${COMPACTED}-\\d+","size":)\\d+`, 'g'), '$1…');

/** Brokers tell of groups and replicas in the order of a hash map; each replica of log-dirs becomes a line of its own. */
const inOrder = (text: string): string =>
  text
    .replaceAll(/\{"partition"[^}]*\}/g, '\n$&\n')
    .split('\n')
    .map((line) => (line.startsWith(',') || line.includes('"logDirs"') ? '' : line))
    .sort()
    .join('\n');
