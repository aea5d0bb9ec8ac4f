// PKCS12 stores through node-forge, because Node reads only those that hold a key, and truststores hold none.

import forge from 'node-forge';
import { pem, type StoreEntries } from './store-entries.ts';

type Bag = forge.pkcs12.Bag;

/** Throws Error with Java's sentence for a wrong password or a damaged file. */
export function readPkcs12(bytes: Buffer, password: string): StoreEntries {
  const bags = read(bytes, password).safeContents.flatMap(({ safeBags }) => safeBags);
  const { certBag, keyBag, pkcs8ShroudedKeyBag } = forge.pki.oids;
  const certificates = bags.filter(({ type }) => type === certBag).map(certificateOf);
  const key = bags.find(({ type }) => type === keyBag || type === pkcs8ShroudedKeyBag);
  return { certificates, key: key && keyOf(key) };
}

function read(bytes: Buffer, password: string): forge.pkcs12.Pkcs12Pfx {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(bytes.toString('latin1'));
  } catch {
    throw new Error('Invalid keystore format');
  }
  try {
    return forge.pkcs12.pkcs12FromAsn1(asn1, false, password);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      /password|decrypt/i.test(message) ? 'keystore password was incorrect' : message,
    );
  }
}

/** forge has an object for certificates and keys of RSA, and bytes for the others. */
function certificateOf(bag: Bag): string {
  const asn1 = bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1;
  return pem('CERTIFICATE', derOf(asn1));
}

function keyOf(bag: Bag): string {
  const asn1 = bag.key
    ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key))
    : bag.asn1;
  return pem('PRIVATE KEY', derOf(asn1));
}

function derOf(asn1: forge.asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1');
}
