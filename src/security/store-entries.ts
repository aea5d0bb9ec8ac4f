// What is in a Java keystore or truststore, as PEM.

export interface StoreEntries {
  /** In the store's order: of a key its chain, leaf first where the format says so; and what is trusted. */
  readonly certificates: string[];
  /** The first private key, decrypted; undefined when there is none. */
  readonly key: string | undefined;
}

export function pem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
