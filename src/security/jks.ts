// Java's own keystore format, JKS: entries of trusted certificates in the clear, keys under Sun's password stream, a SHA-1 over
// everything and the password at the end (sun.security.provider.JavaKeyStore, KeyProtector). Read only.

import { createHash, timingSafeEqual } from 'node:crypto';
import { pem, type StoreEntries } from './store-entries.ts';

const DIGEST_BYTES = 20;
const WHITENER = 'Mighty Aphrodite';
const PRIVATE_KEY_TAG = 1;
const CERTIFICATE_TAG = 2;
const OCTET_STRING = 0x04;
const SEQUENCE = 0x30;

/** Throws Error with Java's sentence for a wrong password or a damaged file. Without a password nothing is verified. */
export function readJks(
  bytes: Buffer,
  password: string | null,
  keyPassword: string | null,
): StoreEntries {
  if (password !== null) verify(bytes, password);
  const reader = new StoreReader(bytes.subarray(0, bytes.length - DIGEST_BYTES));
  reader.skip(4);
  const version = reader.uint32();
  if (version !== 1 && version !== 2) throw new Error('Invalid keystore format');
  const certificates: string[] = [];
  let key: string | undefined;
  for (let left = reader.uint32(); left > 0; left--) {
    const tag = reader.uint32();
    reader.take(reader.uint16());
    reader.skip(8);
    if (tag === PRIVATE_KEY_TAG) {
      const encrypted = reader.take(reader.uint32());
      const chain: string[] = [];
      for (let count = reader.uint32(); count > 0; count--)
        chain.push(certificate(reader, version));
      if (key !== undefined) continue;
      key = pem('PRIVATE KEY', decrypt(encrypted, keyPassword ?? ''));
      certificates.push(...chain);
    } else if (tag === CERTIFICATE_TAG) {
      certificates.push(certificate(reader, version));
    } else {
      throw new Error('Unrecognized keystore entry');
    }
  }
  return { certificates, key };
}

function certificate(reader: StoreReader, version: number): string {
  if (version === 2) reader.take(reader.uint16());
  return pem('CERTIFICATE', reader.take(reader.uint32()));
}

function verify(bytes: Buffer, password: string): void {
  const end = bytes.length - DIGEST_BYTES;
  if (end < 0) throw new Error('Invalid keystore format');
  const digest = sha1(utf16(password), Buffer.from(WHITENER), bytes.subarray(0, end));
  if (!timingSafeEqual(digest, bytes.subarray(end))) {
    throw new Error('Keystore was tampered with, or password was incorrect');
  }
}

/** KeyProtector.recover: salt, bytes under a stream of SHA-1s, SHA-1 of password and key. */
function decrypt(encrypted: Buffer, password: string): Buffer {
  const data = protectedBytes(encrypted);
  const salt = data.subarray(0, DIGEST_BYTES);
  const key = Buffer.from(data.subarray(DIGEST_BYTES, data.length - DIGEST_BYTES));
  const secret = utf16(password);
  let block = salt;
  for (let at = 0; at < key.length; at += DIGEST_BYTES) {
    block = sha1(secret, block);
    for (let index = 0; index < DIGEST_BYTES && at + index < key.length; index++) {
      key[at + index]! ^= block[index]!;
    }
  }
  if (!sha1(secret, key).equals(data.subarray(data.length - DIGEST_BYTES))) {
    throw new Error('Cannot recover key');
  }
  return key;
}

/** EncryptedPrivateKeyInfo: an algorithm, of which there is only one here, and an octet string. */
function protectedBytes(der: Buffer): Buffer {
  const outer = derValue(der, 0, SEQUENCE);
  const algorithm = derValue(der, outer.start, SEQUENCE);
  const { start, end } = derValue(der, algorithm.end, OCTET_STRING);
  if (end - start < 2 * DIGEST_BYTES) throw new Error('Cannot recover key');
  return der.subarray(start, end);
}

function derValue(der: Buffer, at: number, tag: number): { start: number; end: number } {
  if (der[at] !== tag) throw new Error('Cannot recover key');
  const first = der[at + 1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (lengthBytes > 4 || at + 2 + lengthBytes > der.length) throw new Error('Cannot recover key');
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  const start = at + 2 + lengthBytes;
  if (start + length > der.length) throw new Error('Cannot recover key');
  return { start, end: start + length };
}

function sha1(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16();
}

/** Lengths are checked before anything is made of them. */
class StoreReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Error('Invalid keystore format');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  skip(length: number): void {
    this.take(length);
  }

  uint16(): number {
    return this.take(2).readUInt16BE(0);
  }

  uint32(): number {
    return this.take(4).readUInt32BE(0);
  }
}
