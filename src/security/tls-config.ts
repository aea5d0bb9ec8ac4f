// The ssl.* configs, and which of them go together (DefaultSslEngineFactory.createKeystore and createTruststore).
// Reads no file. Passwords and keys are never printed.

import { JavaException } from './java-exception.ts';

/** Where certificates come from: a file, or PEM in the config itself. */
export interface StoreConfig {
  /** JKS, PKCS12 or PEM; Java reads the first two as whatever they are. */
  readonly type: string;
  readonly location: string | null;
  readonly password: string | null;
}

export interface TlsConfig {
  readonly truststore: StoreConfig;
  readonly trustedPem: string | null;
  readonly keystore: StoreConfig;
  readonly keyPem: string | null;
  readonly chainPem: string | null;
  readonly keyPassword: string | null;
  /** ssl.endpoint.identification.algorithm; '' trusts a certificate whatever host it names. */
  readonly identification: string;
  readonly protocol: string;
  readonly enabledProtocols: readonly string[];
  readonly cipherSuites: readonly string[];
}

/** The ssl.* values of a client, or of a broker's listener. */
export interface SslValues {
  string(name: string): string;
  stringOrNull(name: string): string | null;
  list(name: string): readonly string[];
}

export function tlsConfig(values: SslValues): TlsConfig {
  const store = (name: 'truststore' | 'keystore') => ({
    type: values.string(`ssl.${name}.type`),
    location: values.stringOrNull(`ssl.${name}.location`),
    password: values.stringOrNull(`ssl.${name}.password`),
  });
  return {
    truststore: store('truststore'),
    trustedPem: values.stringOrNull('ssl.truststore.certificates'),
    keystore: store('keystore'),
    keyPem: values.stringOrNull('ssl.keystore.key'),
    chainPem: values.stringOrNull('ssl.keystore.certificate.chain'),
    keyPassword: values.stringOrNull('ssl.key.password'),
    identification: values.stringOrNull('ssl.endpoint.identification.algorithm') ?? '',
    protocol: values.string('ssl.protocol'),
    enabledProtocols: values.list('ssl.enabled.protocols'),
    cipherSuites: values.list('ssl.cipher.suites'),
  };
}

/** @throws JavaException InvalidConfigurationException in Kafka's words for configs that contradict each other. */
export function checkTlsConfig(config: TlsConfig): void {
  checkKeystore(config);
  checkTruststore(config);
}

function checkKeystore({ keystore, keyPem, chainPem }: TlsConfig): void {
  const { type, location, password } = keystore;
  const isPem = isPemType(type);
  const onlyKeyPassword =
    'SSL key store password cannot be specified with PEM format, only key password may be specified';
  if (keyPem !== null) {
    if (!isPem) {
      throw invalid(
        `SSL private key can be specified only for PEM, but key store type is ${type}.`,
      );
    }
    if (chainPem === null) {
      throw invalid('SSL private key is specified, but certificate chain is not specified.');
    }
    if (location !== null) {
      throw invalid('Both SSL key store location and separate private key are specified.');
    }
    if (password !== null) throw invalid(`${onlyKeyPassword}.`);
  } else if (chainPem !== null) {
    throw invalid('SSL certificate chain is specified, but private key is not specified');
  } else if (isPem && location !== null) {
    if (password !== null) throw invalid(onlyKeyPassword);
  } else if (location === null && password !== null) {
    throw invalid('SSL key store is not specified, but key store password is specified.');
  } else if (location !== null && password === null) {
    throw invalid('SSL key store is specified, but key store password is not specified.');
  }
}

function checkTruststore({ truststore, trustedPem }: TlsConfig): void {
  const { type, location, password } = truststore;
  const isPem = isPemType(type);
  if (trustedPem !== null) {
    if (!isPem) {
      throw invalid(
        `SSL trust store certs can be specified only for PEM, but trust store type is ${type}.`,
      );
    }
    if (location !== null) {
      throw invalid('Both SSL trust store location and separate trust certificates are specified.');
    }
  }
  if (isPem && (trustedPem !== null || location !== null) && password !== null) {
    throw invalid('SSL trust store password cannot be specified for PEM format.');
  }
  if (location === null && password !== null) {
    throw invalid('SSL trust store is not specified, but trust store password is specified.');
  }
}

export function isPemType(type: string): boolean {
  return type.toUpperCase() === 'PEM';
}

export function invalid(message: string, cause?: unknown): JavaException {
  const exception = 'org.apache.kafka.common.errors.InvalidConfigurationException';
  return new JavaException(exception, message, cause);
}
