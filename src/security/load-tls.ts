// From the ssl.* configs to what a TLS connection needs: stores read, certificates and keys as PEM. PEM is read here; JKS and
// PKCS12 by modules that are loaded when such a file is there. Messages are Kafka's, and never show what is secret.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Disk, TlsMaterial, TlsVersion } from '../io/io.ts';
import { JavaException } from './java-exception.ts';
import { pem, type StoreEntries } from './store-entries.ts';
import { invalid, isPemType, type StoreConfig, type TlsConfig } from './tls-config.ts';

const VERSIONS: readonly TlsVersion[] = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
const CONTEXTS = /^(TLS(v1(\.[123])?)?|SSL(v[23])?|Default)$/i;
const PEM_PART = /-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \1-----/g;
const JKS_MAGIC = 0xfeedfeed;
const ASN1_SEQUENCE = 0x30;

interface Identity {
  readonly chain: string;
  readonly key: string;
}

/** Told of a store that can't be read, and why, before it is thrown. */
export type StoreLog = (message: string, failure: JavaException) => void;

/** Rejects with a JavaException that says which store can't be used, and why. */
export async function loadTls(
  config: TlsConfig,
  disk: Disk,
  log: StoreLog | undefined,
): Promise<TlsMaterial> {
  if (!CONTEXTS.test(config.protocol)) {
    const why = `${config.protocol} SSLContext not available`;
    throw kafkaException(`java.security.NoSuchAlgorithmException: ${why}`);
  }
  const identity = await loadIdentity(config, disk, log);
  const trusted = await loadTrusted(config, disk, log);
  const versions = VERSIONS.filter((version) => config.enabledProtocols.includes(version));
  return {
    identity,
    trusted,
    minVersion: versions[0] ?? 'TLSv1.2',
    maxVersion: versions.at(-1) ?? 'TLSv1.3',
    ciphers: config.cipherSuites.length === 0 ? undefined : config.cipherSuites,
  };
}

async function loadTrusted(
  { truststore, trustedPem }: TlsConfig,
  disk: Disk,
  log: StoreLog | undefined,
): Promise<string[] | undefined> {
  if (trustedPem !== null) return certificatesOf(trustedPem);
  const { location, type } = truststore;
  if (location === null) return undefined;
  if (isPemType(type)) {
    return inPemFile(location, () =>
      certificatesOf(readStore(truststore, disk, log).toString('latin1')),
    );
  }
  const { certificates } = await readEntries(truststore, null, disk, log);
  return certificates;
}

async function loadIdentity(
  config: TlsConfig,
  disk: Disk,
  log: StoreLog | undefined,
): Promise<Identity | undefined> {
  const { keystore, keyPem, chainPem, keyPassword } = config;
  if (keyPem !== null) return pemIdentity(keyPem, chainPem!, keyPassword);
  const { location, type } = keystore;
  if (location === null) return undefined;
  if (isPemType(type)) {
    return inPemFile(location, () => {
      const text = readStore(keystore, disk, log).toString('latin1');
      return pemIdentity(text, text, keyPassword);
    });
  }
  const { certificates, key } = await readEntries(keystore, keyPassword, disk, log);
  return key === undefined ? undefined : { chain: leafFirst(certificates, key).join('\n'), key };
}

function inPemFile<T>(location: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalid(`Failed to load PEM SSL keystore ${location}`, error);
  }
}

/** The parts of a PEM text whose label ends so. In a properties file they may be one long line. */
function pemParts(text: string, label: string): string[] {
  const found = [...text.matchAll(PEM_PART)].filter(([, name]) => name!.endsWith(label));
  if (found.length === 0) throw invalid(`No matching ${label} entries in PEM file`);
  return found.map(([, name, body]) => pem(name!, Buffer.from(body!, 'base64')));
}

function certificatesOf(text: string): string[] {
  const found = pemParts(text, 'CERTIFICATE');
  try {
    for (const certificate of found) new X509Certificate(certificate);
  } catch (error) {
    const cause = javaError('java.security.cert.CertificateException', error);
    throw invalid('Invalid PEM truststore configs', cause);
  }
  return found;
}

function pemIdentity(keyText: string, chainText: string, password: string | null): Identity {
  try {
    const key = decryptedKey(pemParts(keyText, 'PRIVATE KEY')[0]!, password);
    return { key, chain: leafFirst(certificatesOf(chainText), key).join('\n') };
  } catch (error) {
    throw invalid('Invalid PEM keystore configs', error);
  }
}

function decryptedKey(text: string, password: string | null): string {
  try {
    const key = createPrivateKey(password === null ? text : { key: text, passphrase: password });
    return key.export({ type: 'pkcs8', format: 'pem' }).toString();
  } catch (error) {
    throw invalid(
      'Private key could not be loaded',
      javaError('java.security.spec.InvalidKeySpecException', error),
    );
  }
}

/** A keystore has its certificates in any order; the peer wants to see ours first. */
function leafFirst(certificates: readonly string[], key: string): string[] {
  const privateKey = createPrivateKey(key);
  const isLeaf = (text: string) => new X509Certificate(text).checkPrivateKey(privateKey);
  const leaf = certificates.find(isLeaf);
  return leaf === undefined
    ? [...certificates]
    : [leaf, ...certificates.filter((text) => text !== leaf)];
}

/** KeyStore.load: JKS and PKCS12 are told apart by what is in the file, as Java does. */
async function readEntries(
  store: StoreConfig,
  keyPassword: string | null,
  disk: Disk,
  log: StoreLog | undefined,
): Promise<StoreEntries> {
  const { type, location, password } = store;
  try {
    const known = ['JKS', 'PKCS12'].includes(type.toUpperCase());
    const bytes = readStore(store, disk, log);
    if (!known) throw javaError('java.security.KeyStoreException', new Error(`${type} not found`));
    if (bytes.length >= 4 && bytes.readUInt32BE(0) === JKS_MAGIC) {
      const { readJks } = await import('./jks.ts');
      return readJks(bytes, password, keyPassword ?? password);
    }
    if (bytes[0] !== ASN1_SEQUENCE) throw new Error('Invalid keystore format');
    const { readPkcs12 } = await import('./pkcs12.ts');
    return readPkcs12(bytes, password ?? '');
  } catch (error) {
    const cause = error instanceof JavaException ? error : javaError('java.io.IOException', error);
    throw kafkaException(`Failed to load SSL keystore ${location} of type ${type}`, cause);
  }
}

function readStore({ location }: StoreConfig, disk: Disk, log: StoreLog | undefined): Buffer {
  try {
    return disk.readFile(location!);
  } catch (error) {
    const code = (error as { code?: string }).code;
    const exception =
      code === 'ENOENT' ? 'java.nio.file.NoSuchFileException' : 'java.nio.file.FileSystemException';
    const failure = new JavaException(exception, location!, error);
    const what = `Modification time of key store could not be obtained: ${location}`;
    log?.(what, failure);
    throw failure;
  }
}

function kafkaException(message: string, cause?: unknown): JavaException {
  return new JavaException('org.apache.kafka.common.KafkaException', message, cause);
}

function javaError(exception: string, error: unknown): JavaException {
  return new JavaException(exception, error instanceof Error ? error.message : String(error));
}
