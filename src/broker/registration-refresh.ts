// Tells the controller anew of this node: when metadata.version was raised to one that holds more of it (the controller's
// own registration, the broker's log directories), and when directories were cordoned or freed. Kafka: ControllerRegistrationManager, BrokerRegistrationTracker.

import type { MetadataDelta } from '../metadata/image/metadata-delta.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type { MetadataPublisher } from '../metadata/image/publisher.ts';
import {
  isControllerRegistrationSupported,
  isDirectoryAssignmentSupported,
} from '../metadata/metadata-version.ts';

export interface RegistrationRefreshOptions {
  readonly nodeId: number;
  /** Ids, as the logs have them now. */
  readonly cordonedLogDirs: () => readonly string[];
  readonly registerController: () => Promise<unknown>;
  readonly registerBroker: () => Promise<unknown>;
  readonly tellCordoned: () => Promise<unknown>;
  readonly log: (line: string) => void;
}

export class RegistrationRefresh implements MetadataPublisher {
  readonly name = 'registration refresh';
  readonly #options: RegistrationRefreshOptions;

  constructor(options: RegistrationRefreshOptions) {
    this.#options = options;
  }

  onMetadataUpdate({ configsDelta, featuresDelta }: MetadataDelta, image: MetadataImage): void {
    if (configsDelta !== undefined) this.#refreshCordoned(image);
    if (featuresDelta !== undefined) this.#refreshRegistrations(image);
  }

  #refreshCordoned({ cluster }: MetadataImage): void {
    const { nodeId, cordonedLogDirs, tellCordoned } = this.#options;
    const known = cluster.brokers.get(nodeId)?.cordonedDirectories ?? [];
    const now = cordonedLogDirs();
    const isKnown = now.length === known.length && now.every((id) => known.includes(id));
    if (!isKnown) this.#refresh(tellCordoned);
  }

  #refreshRegistrations({ cluster, features }: MetadataImage): void {
    const { nodeId, registerController, registerBroker } = this.#options;
    const level = features.metadataVersion;
    if (isControllerRegistrationSupported(level) && !cluster.controllers.has(nodeId)) {
      this.#refresh(registerController);
    }
    const broker = cluster.brokers.get(nodeId);
    if (isDirectoryAssignmentSupported(level) && broker?.directories.length === 0) {
      this.#refresh(registerBroker);
    }
  }

  #refresh(what: () => Promise<unknown>): void {
    const { log } = this.#options;
    what().catch((error: Error) => log(`could not register again: ${error.message}`));
  }
}
