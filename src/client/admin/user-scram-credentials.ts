// Admin.describeUserScramCredentials and Admin.alterUserScramCredentials (KIP-554). The password never leaves the client:
// it is salted and hashed here, as RFC 5802 says.

import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { Errors } from '../../protocol/errors.ts';
import { ALTER_USER_SCRAM_CREDENTIALS } from '../../protocol/generated/apis/alter-user-scram-credentials.ts';
import { DESCRIBE_USER_SCRAM_CREDENTIALS } from '../../protocol/generated/apis/describe-user-scram-credentials.ts';
import { errorOf } from '../errors.ts';
import type { KafkaClient } from '../kafka-client.ts';
import type { ScramMechanism } from '../security/scram.ts';
import type { OperationOptions, Outcome } from '../types.ts';
import { itemError } from './outcomes.ts';

export interface ScramCredentialInfo {
  readonly mechanism: ScramMechanism;
  readonly iterations: number;
}

export interface UserScramCredentials {
  readonly user: string;
  readonly outcome: Outcome<readonly ScramCredentialInfo[]>;
}

export interface ScramUpsertion extends ScramCredentialInfo {
  readonly password: string;
}

interface Mechanism {
  readonly id: number;
  readonly hash: 'sha256' | 'sha512';
  readonly keyBytes: number;
}

const MECHANISMS: Readonly<Record<ScramMechanism, Mechanism>> = {
  'SCRAM-SHA-256': { id: 1, hash: 'sha256', keyBytes: 32 },
  'SCRAM-SHA-512': { id: 2, hash: 'sha512', keyBytes: 64 },
};
/** As much as Kafka's own salts hold. */
const SALT_BYTES = 17;
const stretch = promisify(pbkdf2);

/** Without users: of all. Users without credentials are left out. Rejects with ClientError. */
export async function describeUserScramCredentials(
  client: KafkaClient,
  users: readonly string[],
  options: OperationOptions = {},
): Promise<UserScramCredentials[]> {
  const call = client.startCall('describeUserScramCredentials', options);
  const request = { users: users.length === 0 ? null : users.map((name) => ({ name })) };
  const response = await client.request(call, DESCRIBE_USER_SCRAM_CREDENTIALS, request);
  if (response.errorCode !== 0) throw errorOf(response.errorCode, response.errorMessage);
  return response.results
    .filter(({ errorCode }) => errorCode !== Errors.RESOURCE_NOT_FOUND)
    .map(({ user, errorCode, errorMessage, credentialInfos }) => {
      const error = itemError(errorCode, errorMessage);
      const infos = credentialInfos.map(({ mechanism, iterations }) => ({
        mechanism: mechanismName(mechanism),
        iterations,
      }));
      return { user, outcome: error === undefined ? { value: infos } : { error } };
    });
}

/** One user's credentials: each mechanism once. Rejects with ClientError. */
export async function alterUserScramCredentials(
  client: KafkaClient,
  user: string,
  deleted: readonly ScramMechanism[],
  upserted: readonly ScramUpsertion[],
  options: OperationOptions = {},
): Promise<void> {
  const upsertions = [];
  for (const { mechanism, iterations, password } of upserted) {
    const { id, hash, keyBytes } = MECHANISMS[mechanism];
    const salt = client.io.random.bytes(SALT_BYTES);
    const saltedPassword = await stretch(password, salt, iterations, keyBytes, hash);
    upsertions.push({ name: user, mechanism: id, iterations, salt, saltedPassword });
  }
  const deletions = deleted.map((each) => ({ name: user, mechanism: MECHANISMS[each].id }));
  const call = client.startCall('alterUserScramCredentials', options);
  const response = await client.request(
    call,
    ALTER_USER_SCRAM_CREDENTIALS,
    { deletions, upsertions },
    { target: 'controller' },
  );
  for (const { errorCode, errorMessage } of response.results) {
    if (errorCode !== 0) throw errorOf(errorCode, errorMessage);
  }
}

function mechanismName(id: number): ScramMechanism {
  return id === MECHANISMS['SCRAM-SHA-256'].id ? 'SCRAM-SHA-256' : 'SCRAM-SHA-512';
}
