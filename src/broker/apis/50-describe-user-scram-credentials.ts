// DescribeUserScramCredentials v0
//
// Behavior: the mechanisms and iterations of the users asked for, or of all users; never a salt or a key (KIP-554).

import { javaHashMapOrder } from '../../common/java.ts';
import type { MetadataImage } from '../../metadata/image/metadata-image.ts';
import { scramKey } from '../../metadata/image/security-images.ts';
import { Errors } from '../../protocol/errors.ts';
import { DESCRIBE_USER_SCRAM_CREDENTIALS } from '../../protocol/generated/apis/describe-user-scram-credentials.ts';
import type { DescribeUserScramCredentialsResult } from '../../protocol/generated/apis/describe-user-scram-credentials-response.ts';
import { handler } from '../handler.ts';

/** SCRAM-SHA-256 and SCRAM-SHA-512. */
const MECHANISMS = [1, 2];

export const describeUserScramCredentials = handler(DESCRIBE_USER_SCRAM_CREDENTIALS, {
  minVersion: 0,
  maxVersion: 0,
  roles: ['broker', 'controller'],
  handle({ users }, { services }) {
    const { image } = services.metadata;
    const isForAll = users === null || users.length === 0;
    const asked = isForAll
      ? [...image.scram.values()].map(({ name }) => name)
      : users.map(({ name }) => name);
    const counts = new Map<string, number>();
    for (const name of asked) counts.set(name, (counts.get(name) ?? 0) + 1);
    const isTwice = (name: string): boolean => !isForAll && counts.get(name)! > 1;
    const names = javaHashMapOrder([...counts.keys()]);
    return { results: names.map((name) => describe(image, name, isTwice(name))) };
  },
});

function describe(
  { scram }: MetadataImage,
  user: string,
  isTwice: boolean,
): DescribeUserScramCredentialsResult {
  const refused = (errorCode: number, errorMessage: string) => {
    return { user, errorCode, errorMessage, credentialInfos: [] };
  };
  if (isTwice) {
    return refused(
      Errors.DUPLICATE_RESOURCE,
      `Cannot describe SCRAM credentials for the same user twice in a single request: ${user}`,
    );
  }
  const credentialInfos = MECHANISMS.flatMap((mechanism) => {
    const credential = scram.get(scramKey(user, mechanism));
    return credential === undefined ? [] : [{ mechanism, iterations: credential.iterations }];
  });
  if (credentialInfos.length === 0) {
    return refused(
      Errors.RESOURCE_NOT_FOUND,
      `Attempt to describe a user credential that does not exist: ${user}`,
    );
  }
  return { user, errorCode: Errors.NONE, errorMessage: '', credentialInfos };
}
