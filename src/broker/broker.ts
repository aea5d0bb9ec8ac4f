// The composition root: a node with the roles of its config, controller and broker, in one process.
// Everything else gets its parts handed in; nothing here decides anything about records.

import { parseProperties } from '../common/properties.ts';
import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';
import { BrokerNode } from './broker-node.ts';
import type { BoundListener } from './socket-server.ts';

export interface BrokerOptions {
  readonly config: BrokerConfig;
  readonly io: Io;
  /** A line for the broker's log. */
  readonly log?: (line: string) => void;
}

/** A data directory that can't be used as it is; the message says what to do. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}

export class Broker {
  /** Settles when the broker can't go on; it never rejects. The owner shuts it down. */
  readonly failed: Promise<Error>;
  private readonly node: BrokerNode;
  private stopping: Promise<void> | undefined;

  /**
   * Resolves when clients are served. The directories must be formatted.
   * @throws ConfigError, StartError, ListenError, DirectoryLockedError, DiskError, DamagedFileError, MetadataLogError
   */
  static async start(options: BrokerOptions): Promise<Broker> {
    const { config, io, log = () => {} } = options;
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<Error>((resolve) => {
      fail = resolve;
    });
    checkRoles(config);
    const properties = config.logDirs.map((directory) => readMetaProperties(io, directory));
    const clusterId = properties[0]?.clusterId ?? '';
    for (const each of properties) checkSame(each, clusterId, config.nodeId);
    const node = await BrokerNode.start({
      config,
      io,
      clusterId,
      directoryIds: properties.map(({ directoryId }) => directoryId),
      log,
      onFatal: fail,
    });
    return new Broker(node, failed);
  }

  private constructor(node: BrokerNode, failed: Promise<Error>) {
    this.node = node;
    this.failed = failed;
  }

  /** Where clients connect to; the controller's listeners are among them. */
  get listeners(): readonly BoundListener[] {
    return this.node.listeners;
  }

  /** Leaves in good order: answers who waits, flushes all, marks the folders as cleanly closed. Idempotent. */
  shutdown(): Promise<void> {
    this.stopping ??= this.node.shutdown();
    return this.stopping;
  }
}

interface MetaProperties {
  readonly path: string;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly directoryId: string;
}

function readMetaProperties(io: Io, directory: string): MetaProperties {
  const path = `${directory}/meta.properties`;
  if (!io.disk.exists(path)) {
    throw new StartError(
      `No readable meta.properties files found in ${directory}; format it with kafka-storage.sh format`,
    );
  }
  const values = parseProperties(io.disk.readFile(path).toString('latin1'));
  const version = values.get('version');
  const clusterId = values.get('cluster.id');
  const nodeId = values.get('node.id');
  if (version !== '1' || clusterId === undefined || nodeId === undefined) {
    throw new StartError(
      version !== undefined && version !== '1'
        ? `${path} is of version ${version}; this broker reads version 1`
        : `${path} has no cluster.id or no node.id`,
    );
  }
  return { path, clusterId, nodeId: Number(nodeId), directoryId: values.get('directory.id') ?? '' };
}

function checkSame(meta: MetaProperties, clusterId: string, nodeId: number): void {
  if (meta.nodeId !== nodeId) {
    throw new StartError(
      `${meta.path} belongs to node ${meta.nodeId}, but node.id is ${nodeId} in this configuration`,
    );
  }
  if (meta.clusterId !== clusterId) {
    throw new StartError(`${meta.path} belongs to cluster ${meta.clusterId}, not ${clusterId}`);
  }
}

/** Both roles in one process, with itself as the only voter, is what there is so far. */
function checkRoles(config: BrokerConfig): void {
  if (config.isBroker && config.isController) return;
  throw new StartError(
    'process.roles must be broker,controller: a node of one role alone is not supported',
  );
}
