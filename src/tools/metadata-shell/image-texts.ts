// The files of the metadata shell: Java's toString of what an image holds. Pure.

import type {
  BrokerRegistration,
  ControllerRegistration,
} from '../../metadata/image/cluster-image.ts';
import type { MetadataProvenance } from '../../metadata/image/metadata-image.ts';
import type { PartitionRegistration } from '../../metadata/image/topics-image.ts';
import type { AccessControlEntryRecord } from '../../protocol/generated/metadata/access-control-entry-record.ts';
import type { DelegationTokenRecord } from '../../protocol/generated/metadata/delegation-token-record.ts';
import type { UserScramCredentialRecord } from '../../protocol/generated/metadata/user-scram-credential-record.ts';

const PROTOCOLS = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const RESOURCES = ['UNKNOWN', 'ANY', 'TOPIC', 'GROUP', 'CLUSTER', 'TRANSACTIONAL_ID'];
const MORE_RESOURCES = ['DELEGATION_TOKEN', 'USER'];
const PATTERNS = ['UNKNOWN', 'ANY', 'MATCH', 'LITERAL', 'PREFIXED'];
const OPERATIONS = ['UNKNOWN', 'ANY', 'ALL', 'READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER'];
const MORE_OPERATIONS = ['DESCRIBE', 'CLUSTER_ACTION', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'];
const LAST_OPERATIONS = [
  'IDEMPOTENT_WRITE',
  'CREATE_TOKENS',
  'DESCRIBE_TOKENS',
  'TWO_PHASE_COMMIT',
];
const PERMISSIONS = ['UNKNOWN', 'ANY', 'DENY', 'ALLOW'];

const list = (values: readonly (number | string)[]): string => `[${values.join(', ')}]`;

export function partitionText(partition: PartitionRegistration): string {
  const { replicas, directories, isr, removingReplicas, addingReplicas } = partition;
  const { elr, lastKnownElr, leader, leaderRecoveryState, leaderEpoch, partitionEpoch } = partition;
  return (
    `PartitionRegistration(replicas=${list(replicas)}, directories=${list(directories)}, ` +
    `isr=${list(isr)}, removingReplicas=${list(removingReplicas)}, ` +
    `addingReplicas=${list(addingReplicas)}, elr=${list(elr)}, lastKnownElr=${list(lastKnownElr)}, ` +
    `leader=${leader}, leaderRecoveryState=${leaderRecoveryState === 0 ? 'RECOVERED' : 'RECOVERING'}, ` +
    `leaderEpoch=${leaderEpoch}, partitionEpoch=${partitionEpoch})`
  );
}

function endpoints({ listeners }: BrokerRegistration | ControllerRegistration): string {
  const inOrder = [...listeners].sort((a, b) => (a.name < b.name ? -1 : 1));
  return list(
    inOrder.map(
      ({ name, host, port, securityProtocol }) =>
        `Endpoint(listenerName='${name}', securityProtocol=${PROTOCOLS[securityProtocol]}, ` +
        `host='${host}', port=${port})`,
    ),
  );
}

function features({ supportedFeatures }: BrokerRegistration | ControllerRegistration): string {
  const inOrder = [...supportedFeatures].sort((a, b) => (a.name < b.name ? -1 : 1));
  const ranges = inOrder.map(({ name, minSupportedVersion: min, maxSupportedVersion: max }) => {
    return `${name}: ${min === max ? min : `${min}-${max}`}`;
  });
  return `{${ranges.join(', ')}}`;
}

export function brokerText(broker: BrokerRegistration): string {
  const { id, epoch, incarnationId, rack, fenced, inControlledShutdown } = broker;
  const { isMigratingZkBroker, directories, cordonedDirectories } = broker;
  return (
    `BrokerRegistration(id=${id}, epoch=${epoch}, incarnationId=${incarnationId}, ` +
    `listeners=${endpoints(broker)}, supportedFeatures=${features(broker)}, ` +
    `rack=${rack === null ? 'Optional.empty' : `Optional[${rack}]`}, fenced=${fenced}, ` +
    `inControlledShutdown=${inControlledShutdown}, isMigratingZkBroker=${isMigratingZkBroker}, ` +
    `directories=${list(directories)}, cordonedDirectories=${list(cordonedDirectories ?? [])})`
  );
}

export function controllerText(controller: ControllerRegistration): string {
  const { id, incarnationId, zkMigrationReady } = controller;
  return (
    `ControllerRegistration(id=${id}, incarnationId=${incarnationId}, ` +
    `zkMigrationReady=${zkMigrationReady}, listeners=${endpoints(controller)}, ` +
    `supportedFeatures=${features(controller)})`
  );
}

export function aclText(acl: AccessControlEntryRecord): string {
  const resources = [...RESOURCES, ...MORE_RESOURCES];
  const operations = [...OPERATIONS, ...MORE_OPERATIONS, ...LAST_OPERATIONS];
  return (
    `StandardAcl[resourceType=${resources[acl.resourceType] ?? 'UNKNOWN'}, ` +
    `resourceName=${acl.resourceName}, patternType=${PATTERNS[acl.patternType] ?? 'UNKNOWN'}, ` +
    `principal=${acl.principal}, host=${acl.host}, ` +
    `operation=${operations[acl.operation] ?? 'UNKNOWN'}, ` +
    `permissionType=${PERMISSIONS[acl.permissionType] ?? 'UNKNOWN'}]`
  );
}

export function credentialText(credential: UserScramCredentialRecord): string {
  const { salt, storedKey, serverKey, iterations } = credential;
  const hex = (bytes: Buffer): string => bytes.toString('hex');
  return (
    `ScramCredentialData(salt=${hex(salt)}, storedKey=${hex(storedKey)}, ` +
    `serverKey=${hex(serverKey)}, iterations=${iterations})`
  );
}

export function tokenText(token: DelegationTokenRecord): string {
  const { owner, requester, renewers, issueTimestamp, expirationTimestamp } = token;
  return (
    `DelegationTokenData(tokenInformation=TokenInformation{owner=${owner}, ` +
    `tokenRequester=${requester}, renewers=${list(renewers)}, issueTimestamp=${issueTimestamp}, ` +
    `maxTimestamp=${token.maxTimestamp}, expiryTimestamp=${expirationTimestamp}, ` +
    `tokenId='${token.tokenId}'})`
  );
}

/** The time as ISO_ZONED_DATE_TIME: the fraction without the zeros at its end. */
export function provenanceText(provenance: MetadataProvenance): string {
  const { lastContainedOffset, lastContainedEpoch, lastContainedLogTimeMs } = provenance;
  const iso = new Date(lastContainedLogTimeMs).toISOString().replace(/\.?0*Z$/, 'Z[UTC]');
  return `offset ${lastContainedOffset}, epoch ${lastContainedEpoch}, time ${iso}`;
}
