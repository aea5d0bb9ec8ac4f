// Tells the controller anew of this node when metadata.version was raised to one that holds more of it: the controller's
// own registration, the broker's log directories. Kafka: ControllerRegistrationManager, BrokerRegistrationTracker.

import type { MetadataDelta } from '../metadata/image/metadata-delta.ts';
import type { MetadataImage } from '../metadata/image/metadata-image.ts';
import type { MetadataPublisher } from '../metadata/image/publisher.ts';
import {
  isControllerRegistrationSupported,
  isDirectoryAssignmentSupported,
} from '../metadata/metadata-version.ts';

export interface RegistrationRefreshOptions {
  readonly nodeId: number;
  readonly registerController: () => Promise<unknown>;
  readonly registerBroker: () => Promise<unknown>;
  readonly log: (line: string) => void;
}

export class RegistrationRefresh implements MetadataPublisher {
  readonly name = 'registration refresh';
  readonly #options: RegistrationRefreshOptions;

  constructor(options: RegistrationRefreshOptions) {
    this.#options = options;
  }

  onMetadataUpdate({ featuresDelta }: MetadataDelta, image: MetadataImage): void {
    if (featuresDelta === undefined) return;
    const { nodeId, registerController, registerBroker, log } = this.#options;
    const { cluster, features } = image;
    const level = features.metadataVersion;
    const refresh = (what: () => Promise<unknown>): void => {
      what().catch((error: Error) => log(`could not register again: ${error.message}`));
    };
    if (isControllerRegistrationSupported(level) && !cluster.controllers.has(nodeId)) {
      refresh(registerController);
    }
    const broker = cluster.brokers.get(nodeId);
    if (isDirectoryAssignmentSupported(level) && broker?.directories.length === 0) {
      refresh(registerBroker);
    }
  }
}
