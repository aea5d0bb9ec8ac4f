// What a stretch of metadata records changes in an image (MetadataDelta). replay() is the only place where records
// take effect, for the controller's own appends as for a restart. It never decides and never does I/O.

import type { MetadataRecord } from '../records.ts';
import { MetadataRecordError } from '../records.ts';
import { ClusterDelta } from './cluster-image.ts';
import { ConfigResourceType, ConfigurationsDelta } from './configs-image.ts';
import { FeaturesDelta } from './features-image.ts';
import type { MetadataImage, MetadataProvenance } from './metadata-image.ts';
import { KeyedDelta, producerIdsOf, quotaKey, scramKey } from './security-images.ts';
import { TopicsDelta } from './topics-delta.ts';

/** The parts are undefined until a record touches them. */
export class MetadataDelta {
  readonly image: MetadataImage;
  featuresDelta: FeaturesDelta | undefined;
  clusterDelta: ClusterDelta | undefined;
  topicsDelta: TopicsDelta | undefined;
  configsDelta: ConfigurationsDelta | undefined;
  clientQuotasDelta: KeyedDelta<MetadataRecordMessage<'ClientQuotaRecord'>> | undefined;
  aclsDelta: KeyedDelta<MetadataRecordMessage<'AccessControlEntryRecord'>> | undefined;
  scramDelta: KeyedDelta<MetadataRecordMessage<'UserScramCredentialRecord'>> | undefined;
  delegationTokensDelta: KeyedDelta<MetadataRecordMessage<'DelegationTokenRecord'>> | undefined;
  #producerIds: MetadataImage['producerIds'];

  constructor(image: MetadataImage) {
    this.image = image;
    this.#producerIds = image.producerIds;
  }

  /** Throws MetadataRecordError for a kind that has no place in this version. */
  replay(record: MetadataRecord): void {
    switch (record.type) {
      case 'RegisterBrokerRecord':
        this.#cluster().replayRegisterBroker(record.message);
        break;
      case 'UnregisterBrokerRecord':
        this.#cluster().replayUnregisterBroker(record.message.brokerId);
        break;
      case 'FenceBrokerRecord':
        this.#cluster().replayFence(record.message.id, record.message.epoch, true);
        break;
      case 'UnfenceBrokerRecord':
        this.#cluster().replayFence(record.message.id, record.message.epoch, false);
        break;
      case 'BrokerRegistrationChangeRecord':
        this.#cluster().replayBrokerRegistrationChange(record.message);
        break;
      case 'RegisterControllerRecord':
        this.#cluster().replayRegisterController(record.message);
        break;
      case 'FeatureLevelRecord':
        this.#features().replayFeatureLevel(record.message.name, record.message.featureLevel);
        break;
      case 'TopicRecord':
        this.#topics().replayTopic(record.message.name, record.message.topicId);
        break;
      case 'PartitionRecord':
        this.#topics().replayPartition(record.message);
        break;
      case 'PartitionChangeRecord':
        this.#topics().replayPartitionChange(record.message);
        break;
      case 'ClearElrRecord':
        this.#topics().replayClearElr(record.message.topicName);
        break;
      case 'RemoveTopicRecord':
        this.#replayRemoveTopic(record.message.topicId);
        break;
      default:
        this.#replaySetting(record);
        break;
    }
  }

  apply(provenance: MetadataProvenance): MetadataImage {
    const { image } = this;
    return {
      provenance,
      features: this.featuresDelta?.apply() ?? image.features,
      cluster: this.clusterDelta?.apply() ?? image.cluster,
      topics: this.topicsDelta?.apply() ?? image.topics,
      configs: this.configsDelta?.apply() ?? image.configs,
      clientQuotas: this.clientQuotasDelta?.apply() ?? image.clientQuotas,
      producerIds: this.#producerIds,
      acls: this.aclsDelta?.apply() ?? image.acls,
      scram: this.scramDelta?.apply() ?? image.scram,
      delegationTokens: this.delegationTokensDelta?.apply() ?? image.delegationTokens,
    };
  }

  #replaySetting(record: MetadataRecord): void {
    switch (record.type) {
      case 'ConfigRecord': {
        const { resourceType, resourceName, name, value } = record.message;
        this.#configs().replayConfig(resourceType, resourceName, name, value);
        break;
      }
      case 'ProducerIdsRecord':
        this.#producerIds = producerIdsOf(record.message);
        break;
      case 'ClientQuotaRecord':
        this.#replayClientQuota(record.message);
        break;
      case 'UserScramCredentialRecord': {
        const { name, mechanism } = record.message;
        this.#scram().set(scramKey(name, mechanism), record.message);
        break;
      }
      case 'RemoveUserScramCredentialRecord':
        this.#scram().remove(scramKey(record.message.name, record.message.mechanism));
        break;
      case 'AccessControlEntryRecord':
        this.#acls().set(record.message.id, record.message);
        break;
      case 'RemoveAccessControlEntryRecord':
        this.#acls().remove(record.message.id);
        break;
      case 'DelegationTokenRecord':
        this.#tokens().set(record.message.tokenId, record.message);
        break;
      case 'RemoveDelegationTokenRecord':
        this.#tokens().remove(record.message.tokenId);
        break;
      case 'NoOpRecord':
      case 'ZkMigrationStateRecord':
        break;
      default:
        // Transactions are unwrapped by whoever reads the log (MetadataReplay).
        throw new MetadataRecordError(`A ${record.type} can't be replayed on its own`);
    }
  }

  #replayRemoveTopic(topicId: string): void {
    const name = this.#topics().replayRemoveTopic(topicId);
    this.#configs().deleteResource(ConfigResourceType.TOPIC, name);
  }

  #replayClientQuota(record: MetadataRecordMessage<'ClientQuotaRecord'>): void {
    this.clientQuotasDelta ??= new KeyedDelta(this.image.clientQuotas);
    if (record.remove) this.clientQuotasDelta.remove(quotaKey(record));
    else this.clientQuotasDelta.set(quotaKey(record), record);
  }

  #cluster(): ClusterDelta {
    this.clusterDelta ??= new ClusterDelta(this.image.cluster);
    return this.clusterDelta;
  }

  #features(): FeaturesDelta {
    this.featuresDelta ??= new FeaturesDelta(this.image.features);
    return this.featuresDelta;
  }

  #topics(): TopicsDelta {
    this.topicsDelta ??= new TopicsDelta(this.image.topics);
    return this.topicsDelta;
  }

  #configs(): ConfigurationsDelta {
    this.configsDelta ??= new ConfigurationsDelta(this.image.configs);
    return this.configsDelta;
  }

  #scram(): KeyedDelta<MetadataRecordMessage<'UserScramCredentialRecord'>> {
    this.scramDelta ??= new KeyedDelta(this.image.scram);
    return this.scramDelta;
  }

  #acls(): KeyedDelta<MetadataRecordMessage<'AccessControlEntryRecord'>> {
    this.aclsDelta ??= new KeyedDelta(this.image.acls);
    return this.aclsDelta;
  }

  #tokens(): KeyedDelta<MetadataRecordMessage<'DelegationTokenRecord'>> {
    this.delegationTokensDelta ??= new KeyedDelta(this.image.delegationTokens);
    return this.delegationTokensDelta;
  }
}

type MetadataRecordMessage<N extends MetadataRecord['type']> = Extract<
  MetadataRecord,
  { type: N }
>['message'];
