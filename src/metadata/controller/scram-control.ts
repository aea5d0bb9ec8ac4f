// SCRAM credentials of users set and removed (ScramControlManager, KIP-554). Pure: a decision about an image; each user
// succeeds or fails alone. Keeps the two keys of RFC 5802, never a password, and prints neither.

import { createHash, createHmac } from 'node:crypto';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type {
  AlterUserScramCredentialsRequest,
  ScramCredentialDeletion,
  ScramCredentialUpsertion,
} from '../../protocol/generated/apis/alter-user-scram-credentials-request.ts';
import type { AlterUserScramCredentialsResult } from '../../protocol/generated/apis/alter-user-scram-credentials-response.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import { scramKey } from '../image/security-images.ts';
import { isScramSupported } from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import { type ControlResult, controlResult } from './control-result.ts';

/** ScramMechanism by its number on the wire. */
const HASHES: Readonly<Record<number, 'sha256' | 'sha512'>> = { 1: 'sha256', 2: 'sha512' };
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 16_384;

export function alterUserScramCredentials(
  image: MetadataImage,
  { deletions, upsertions }: AlterUserScramCredentialsRequest,
): ControlResult<AlterUserScramCredentialsResult[]> {
  const decided = new Map<string, RecordDraft>();
  const failed = new Map<string, AlterUserScramCredentialsResult>();
  const decide = (name: string, recordOf: () => RecordDraft) => {
    // The first thing wrong with a user is the one that is told.
    if (failed.has(name)) return;
    try {
      checkOnce(image, !decided.delete(name));
      decided.set(name, recordOf());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { code: errorCode, specificMessage: errorMessage } = error;
      failed.set(name, { user: name, errorCode, errorMessage });
    }
  };
  for (const deletion of deletions) decide(deletion.name, () => removal(image, deletion));
  for (const upsertion of upsertions) decide(upsertion.name, () => credential(upsertion));
  const done = [...decided.keys()].map((user) => ({
    user,
    errorCode: Errors.NONE,
    errorMessage: null,
  }));
  return controlResult([...decided.values()], [...done, ...failed.values()]);
}

function checkOnce(image: MetadataImage, isFirst: boolean): void {
  if (!isFirst) {
    throw new ApiError(
      Errors.DUPLICATE_RESOURCE,
      'A user credential cannot be altered twice in the same request',
    );
  }
  if (!isScramSupported(image.features.metadataVersion)) {
    throw new ApiError(
      Errors.UNSUPPORTED_VERSION,
      'The current metadata.version does not support SCRAM',
    );
  }
}

function removal(image: MetadataImage, { name, mechanism }: ScramCredentialDeletion): RecordDraft {
  checkUser(name, mechanism);
  if (!image.scram.has(scramKey(name, mechanism))) {
    throw new ApiError(
      Errors.RESOURCE_NOT_FOUND,
      'Attempt to delete a user credential that does not exist',
    );
  }
  return { type: 'RemoveUserScramCredentialRecord', version: 0, message: { name, mechanism } };
}

function credential(upsertion: ScramCredentialUpsertion): RecordDraft {
  const { name, mechanism, iterations, saltedPassword } = upsertion;
  const hash = checkUser(name, mechanism);
  if (iterations < MIN_ITERATIONS) {
    throw new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, 'Too few iterations');
  }
  if (iterations > MAX_ITERATIONS) {
    throw new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, 'Too many iterations');
  }
  if (saltedPassword.length === 0) throw new ApiError(Errors.UNKNOWN_SERVER_ERROR);
  const key = (text: string): Buffer => createHmac(hash, saltedPassword).update(text).digest();
  return {
    type: 'UserScramCredentialRecord',
    version: 0,
    message: {
      name,
      mechanism,
      salt: Buffer.from(upsertion.salt),
      storedKey: createHash(hash).update(key('Client Key')).digest(),
      serverKey: key('Server Key'),
      iterations,
    },
  };
}

function checkUser(name: string, mechanism: number): 'sha256' | 'sha512' {
  if (name === '') {
    throw new ApiError(Errors.UNACCEPTABLE_CREDENTIAL, 'Username must not be empty');
  }
  const hash = HASHES[mechanism];
  if (hash === undefined) {
    throw new ApiError(Errors.UNSUPPORTED_SASL_MECHANISM, 'Unknown SCRAM mechanism');
  }
  return hash;
}
