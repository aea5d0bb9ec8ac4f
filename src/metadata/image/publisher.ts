// Who wants to know of new metadata (MetadataPublisher): the broker's logs, its metadata cache, its quotas.
// A publisher sees every committed image once, in order, and never changes it.
import type { MetadataDelta } from './metadata-delta.ts';
import type { MetadataImage } from './metadata-image.ts';

export interface MetadataPublisher {
  /** For error messages. */
  readonly name: string;
  /**
   * Called synchronously with what changed and the image after it; the first call's delta starts from EMPTY_IMAGE.
   * Throwing is a fault of the process.
   */
  onMetadataUpdate(delta: MetadataDelta, image: MetadataImage): void;
}
