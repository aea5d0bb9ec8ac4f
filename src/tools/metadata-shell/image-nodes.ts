// A metadata image as directories and files, named and worded as Kafka's image nodes
// (org.apache.kafka.image.node). Pure.

import { javaDoubleToString } from '../../common/java-floating.ts';
import { ConfigResourceType, resourceOf } from '../../metadata/image/configs-image.ts';
import { METADATA_VERSION } from '../../metadata/image/features-image.ts';
import type { MetadataImage } from '../../metadata/image/metadata-image.ts';
import type { TopicImage } from '../../metadata/image/topics-image.ts';
import { metadataVersionText } from '../../metadata/metadata-version.ts';
import type { ClientQuotaRecord } from '../../protocol/generated/metadata/client-quota-record.ts';
import {
  aclText,
  brokerText,
  controllerText,
  credentialText,
  partitionText,
  provenanceText,
  tokenText,
} from './image-texts.ts';
import { directory, entries, leaf, type ShellNode, texts } from './node.ts';

/**
 * `local` are Kafka's version and commit. With `namesDefaults` the quotas of default entities have names and can be
 * shown; Kafka's shell lists them under the names that are left, and has nothing to show.
 */
export function rootNode(
  image: MetadataImage,
  local: ReadonlyMap<string, string>,
  namesDefaults: boolean,
): ShellNode {
  return entries({ image: () => imageNode(image, namesDefaults), local: () => texts(local) });
}

function imageNode(image: MetadataImage, namesDefaults: boolean): ShellNode {
  const { cluster, topics } = image;
  return entries({
    provenance: () => leaf(provenanceText(image.provenance)),
    features: () => featuresNode(image),
    cluster: () =>
      entries({
        brokers: () => byNumber(cluster.brokers, brokerText),
        controllers: () => byNumber(cluster.controllers, controllerText),
      }),
    topics: () =>
      entries({
        byName: () => topicNodes(topics.topicsByName),
        byId: () => topicNodes(topics.topicsById),
      }),
    configs: () => configNodes(image),
    clientQuotas: () => quotaNodes([...image.clientQuotas.values()], namesDefaults),
    producerIds: () =>
      texts(new Map([['nextProducerId', String(image.producerIds.nextProducerId)]])),
    acls: () =>
      entries({
        byId: () => texts(new Map([...image.acls].map(([id, acl]) => [id, aclText(acl)]))),
      }),
    scram: () => scramNodes(image),
    delegationToken: () =>
      texts(new Map([...image.delegationTokens].map(([id, token]) => [id, tokenText(token)]))),
  });
}

function byNumber<T>(values: ReadonlyMap<number, T>, text: (value: T) => string): ShellNode {
  return texts(new Map([...values].map(([id, value]) => [String(id), text(value)])));
}

function featuresNode({ features }: MetadataImage): ShellNode {
  const level = features.metadataVersion;
  const found = new Map([
    ['metadataVersion', level > 0 ? `Optional[${metadataVersionText(level)}]` : 'Optional.empty'],
  ]);
  for (const [name, version] of features.finalizedVersions) {
    if (name !== METADATA_VERSION) found.set(`finalized_${name}`, String(version));
  }
  return texts(found);
}

function topicNodes(topics: ReadonlyMap<string, TopicImage>): ShellNode {
  return directory([...topics.keys()], (key) => {
    const topic = topics.get(key);
    return topic === undefined ? undefined : topicNode(topic);
  });
}

function topicNode({ name, id, partitions }: TopicImage): ShellNode {
  const found = new Map([
    ['name', name],
    ['id', id],
  ]);
  for (const [index, partition] of partitions.entries()) {
    found.set(String(index), partitionText(partition));
  }
  return texts(found);
}

const RESOURCE_TYPES: ReadonlyMap<number, string> = new Map(
  Object.entries(ConfigResourceType).map(([name, type]) => [type, name]),
);

function configNodes({ configs }: MetadataImage): ShellNode {
  const byName = new Map<string, ReadonlyMap<string, string>>();
  for (const [key, values] of configs.resourceData) {
    const { type, name } = resourceOf(key);
    const typeName = RESOURCE_TYPES.get(type) ?? 'UNKNOWN';
    byName.set(name === '' ? typeName : `${typeName}:${name}`, values);
  }
  return directory([...byName.keys()], (name) => {
    const values = byName.get(name);
    return values === undefined ? undefined : texts(values);
  });
}

const ENTITY_NAMES: readonly (readonly [string, string])[] = [
  ['client-id', 'clientId'],
  ['ip', 'ip'],
  ['user', 'user'],
];

/** Defaults aren't named: an entity with one is listed as what is left of it, and can't be looked into. */
function quotaNodes(records: readonly ClientQuotaRecord[], namesDefaults: boolean): ShellNode {
  const entities = new Map<
    string,
    { name: string; isHidden: boolean; values: [string, number][] }
  >();
  for (const { entity, key, value } of records) {
    const part = (type: string) => entity.find(({ entityType }) => entityType === type);
    const id = JSON.stringify(ENTITY_NAMES.map(([type]) => part(type) ?? null));
    const name = ENTITY_NAMES.flatMap(([type, shown]) => {
      const named = part(type)?.entityName;
      if (named === null && namesDefaults) return [`${shown}(<default>)`];
      return named === undefined || named === null ? [] : [`${shown}(${escaped(named)})`];
    }).join('_');
    const isHidden = !namesDefaults && entity.some(({ entityName }) => entityName === null);
    const found = entities.get(id) ?? { name, isHidden, values: [] };
    entities.set(id, found);
    found.values.push([key, value]);
  }
  const all = [...entities.values()];
  return directory(
    all.map(({ name }) => name),
    (name) => {
      const found = all.find((each) => each.name === name && !each.isHidden);
      if (found === undefined) return undefined;
      return texts(new Map(found.values.map(([key, value]) => [key, javaDoubleToString(value)])));
    },
  );
}

const escaped = (text: string): string => text.replaceAll(/[\\()]/g, (char) => `\\${char}`);

const MECHANISMS = new Map([
  ['SCRAM-SHA-256', 1],
  ['SCRAM-SHA-512', 2],
]);

function scramNodes({ scram }: MetadataImage): ShellNode {
  const credentials = [...scram.values()];
  return directory([...MECHANISMS.keys()], (name) => {
    const id = MECHANISMS.get(name);
    if (id === undefined) return undefined;
    const own = credentials.filter(({ mechanism }) => mechanism === id);
    return texts(new Map(own.map((each) => [each.name, credentialText(each)])));
  });
}
