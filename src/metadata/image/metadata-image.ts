// All that __cluster_metadata says up to one offset, immutable (MetadataImage). The controller decides on it, the
// broker serves from it; both move on by MetadataDelta. It never changes once made.
import { ClusterImage } from './cluster-image.ts';
import { ConfigurationsImage } from './configs-image.ts';
import { FeaturesImage } from './features-image.ts';
import {
  type Acls,
  type ClientQuotas,
  type DelegationTokens,
  NO_PRODUCER_IDS,
  type ProducerIdsImage,
  type ScramCredentials,
} from './security-images.ts';
import { TopicsImage } from './topics-image.ts';

/** Up to where an image has read the log. */
export interface MetadataProvenance {
  /** The last offset in it; -1 before the first record. */
  readonly lastContainedOffset: number;
  readonly lastContainedEpoch: number;
  readonly lastContainedLogTimeMs: number;
}

export interface MetadataImageParts {
  readonly provenance: MetadataProvenance;
  readonly features: FeaturesImage;
  readonly cluster: ClusterImage;
  readonly topics: TopicsImage;
  readonly configs: ConfigurationsImage;
  readonly clientQuotas: ClientQuotas;
  readonly producerIds: ProducerIdsImage;
  readonly acls: Acls;
  readonly scram: ScramCredentials;
  readonly delegationTokens: DelegationTokens;
}

export type MetadataImage = MetadataImageParts;

export const EMPTY_IMAGE: MetadataImage = {
  provenance: { lastContainedOffset: -1, lastContainedEpoch: -1, lastContainedLogTimeMs: -1 },
  features: FeaturesImage.EMPTY,
  cluster: ClusterImage.EMPTY,
  topics: TopicsImage.EMPTY,
  configs: ConfigurationsImage.EMPTY,
  clientQuotas: new Map(),
  producerIds: NO_PRODUCER_IDS,
  acls: new Map(),
  scram: new Map(),
  delegationTokens: new Map(),
};
