// Where kafta keeps things: under KAFTA_HOME when it is set, else in the XDG folders (%LOCALAPPDATA% on Windows).
// Pure: computes paths from an environment, makes nothing.

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface ClusterPlaces {
  readonly cluster: string;
  /** Kafka's log.dirs. */
  readonly dataDirectory: string;
  /** State, locks and logs of the cluster. */
  readonly stateDirectory: string;
  readonly stateFile: string;
  /** Held by the daemon while it runs. */
  readonly daemonLock: string;
  /** Held by the command that is starting the daemon. */
  readonly spawnLock: string;
  readonly logFile: string;
  /** What the daemon printed outside its log: Node's own last words. */
  readonly crashFile: string;
  /** The properties it runs with, beside the data: Apache Kafka can be started from them on it. */
  readonly propertiesFile: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

type Kind = 'DATA' | 'STATE' | 'CONFIG';

const XDG_DEFAULTS: Record<Kind, string> = {
  DATA: '.local/share',
  STATE: '.local/state',
  CONFIG: '.config',
};

function base(kind: Kind, environment: Environment): string {
  const home = environment.KAFTA_HOME;
  if (home) return resolve(home);
  if (process.platform === 'win32') {
    return join(environment.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'kafta');
  }
  const set = environment[`XDG_${kind}_HOME`];
  // The specification: a relative path is to be ignored.
  const root = set?.startsWith('/') ? set : join(homedir(), XDG_DEFAULTS[kind]);
  return join(root, 'kafta');
}

const CLUSTER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The name in force: `--cluster`, else KAFTA_CLUSTER, else 'default'. Throws for one that makes no folder name. */
export function clusterName(chosen: string | undefined, environment: Environment): string {
  const name = chosen ?? (environment.KAFTA_CLUSTER || 'default');
  if (!CLUSTER_NAME.test(name)) {
    throw new Error(
      `'${name}' is no cluster name: letters, digits, '.', '_' and '-', at most 64, beginning with a letter or digit.`,
    );
  }
  return name;
}

export function clusterPlaces(cluster: string, environment: Environment): ClusterPlaces {
  const stateDirectory = join(base('STATE', environment), 'clusters', cluster);
  const dataParent = join(base('DATA', environment), 'clusters', cluster);
  return {
    cluster,
    dataDirectory: join(dataParent, 'data'),
    stateDirectory,
    stateFile: join(stateDirectory, 'broker.json'),
    daemonLock: join(stateDirectory, 'broker.lock'),
    spawnLock: join(stateDirectory, 'spawn.lock'),
    logFile: join(stateDirectory, 'broker.log'),
    crashFile: join(stateDirectory, 'broker.err'),
    propertiesFile: join(dataParent, 'server.properties'),
  };
}

/** The folder with a folder per cluster that has run. */
export function clustersDirectory(environment: Environment): string {
  return join(base('STATE', environment), 'clusters');
}

/** Brokers that run in the foreground from a server.properties, for kafka-server-stop.sh. */
export function serversDirectory(environment: Environment): string {
  return join(base('STATE', environment), 'servers');
}

/** Holds config.json, the contexts. */
export function configDirectory(environment: Environment): string {
  return base('CONFIG', environment);
}
