// The composition root: a node with the roles of its config, controller and broker, in one process.
// Everything else gets its parts handed in; nothing here decides anything about records.

import type { BrokerConfig } from '../config/server-properties.ts';
import type { Io } from '../io/io.ts';
import { loadNodeDirectories } from '../metadata/storage/node-directories.ts';
import { BrokerNode } from './broker-node.ts';
import type { BoundListener } from './socket-server.ts';
import { StartError } from './start-error.ts';

export interface BrokerOptions {
  readonly config: BrokerConfig;
  readonly io: Io;
  /** A line for the broker's log. */
  readonly log?: (line: string) => void;
}

export class Broker {
  /** Settles when the broker can't go on; it never rejects. The owner shuts it down. */
  readonly failed: Promise<Error>;
  readonly #node: BrokerNode;
  #stopping: Promise<void> | undefined;

  /**
   * Resolves when clients are served. The directories must be formatted.
   * @throws StorageError, StartError, ListenError, DirectoryLockedError, DiskError, DamagedFileError, MetadataLogError
   */
  static async start(options: BrokerOptions): Promise<Broker> {
    const { config, io, log = () => {} } = options;
    let fail: (error: Error) => void = () => {};
    const failed = new Promise<Error>((resolve) => {
      fail = resolve;
    });
    checkRoles(config);
    const {
      clusterId,
      directoryIds,
      failed: failedDirs,
    } = loadNodeDirectories(io, config.logDirs, config.metadataLogDir, config.nodeId);
    const node = await BrokerNode.start({
      config,
      io,
      clusterId,
      directoryIds,
      failedDirs,
      log,
      onFatal: fail,
    });
    return new Broker(node, failed);
  }

  private constructor(node: BrokerNode, failed: Promise<Error>) {
    this.#node = node;
    this.failed = failed;
  }

  /** Where clients connect to; the controller's listeners are among them. */
  get listeners(): readonly BoundListener[] {
    return this.#node.listeners;
  }

  /** Leaves in good order: answers who waits, flushes all, marks the folders as cleanly closed. Idempotent. */
  shutdown(): Promise<void> {
    this.#stopping ??= this.#node.shutdown();
    return this.#stopping;
  }
}

/** A controller is a method call away from its broker: there is no connection to one elsewhere. */
function checkRoles(config: BrokerConfig): void {
  if (config.isBroker && config.isController) return;
  throw new StartError(
    'process.roles must be broker,controller: a node of one role alone is not supported',
  );
}
