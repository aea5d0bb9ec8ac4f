// What everybody may do while there is no authorizer: everything that exists for a resource (AclEntry.supportedOperations).
// Bit n stands for AclOperation n, as in Metadata, DescribeCluster and DescribeGroups (KIP-430).

import { Errors } from '../protocol/errors.ts';
import type { ClientPeer } from './request-context.ts';

const READ = 3;
const WRITE = 4;
const CREATE = 5;
const DELETE = 6;
const ALTER = 7;
const DESCRIBE = 8;
const CLUSTER_ACTION = 9;
const DESCRIBE_CONFIGS = 10;
const ALTER_CONFIGS = 11;
const IDEMPOTENT_WRITE = 12;

function bits(...operations: readonly number[]): number {
  return operations.reduce((all, operation) => all | (1 << operation), 0);
}

export const TOPIC_OPERATIONS = bits(
  READ,
  WRITE,
  CREATE,
  DELETE,
  ALTER,
  DESCRIBE,
  DESCRIBE_CONFIGS,
  ALTER_CONFIGS,
);

export const CLUSTER_OPERATIONS = bits(
  CREATE,
  ALTER,
  DESCRIBE,
  CLUSTER_ACTION,
  DESCRIBE_CONFIGS,
  ALTER_CONFIGS,
  IDEMPOTENT_WRITE,
);

export const GROUP_OPERATIONS = bits(READ, DESCRIBE, DELETE, DESCRIBE_CONFIGS, ALTER_CONFIGS);

/** The field's value when nobody asked. */
export const OPERATIONS_NOT_ASKED = -2147483648;

/** Who asks: the user of a SASL listener; elsewhere nobody is known (KafkaPrincipal.ANONYMOUS). */
export function principalOf({ sasl }: ClientPeer): {
  principalType: string;
  principalName: string;
} {
  return { principalType: 'User', principalName: sasl?.user ?? 'ANONYMOUS' };
}

/** What every request about delegation tokens is answered with (KafkaApis.allowTokenRequests). */
export function tokenRefusal({ sasl }: ClientPeer): number {
  return sasl === undefined
    ? Errors.DELEGATION_TOKEN_REQUEST_NOT_ALLOWED
    : Errors.DELEGATION_TOKEN_AUTH_DISABLED;
}

/** Kafka's sentence for every ACL request to a broker without one. */
export const NO_AUTHORIZER = 'No Authorizer is configured.';

/** Described groups with what the client may do with each, if it asked and there is such a group. */
export function withGroupOperations<G extends { readonly errorCode?: number | undefined }>(
  groups: readonly G[],
  isAsked: boolean,
): (G & { authorizedOperations: number })[] {
  return groups.map((group) => ({
    ...group,
    authorizedOperations: isAsked && !group.errorCode ? GROUP_OPERATIONS : OPERATIONS_NOT_ASKED,
  }));
}
