// What reading and writing messages can fail with: bytes that aren't a message, a version that doesn't exist,
// a value that has no form on the wire. Never a failure that a broker answers with: those are ApiErrors (errors.ts).

/** The bytes aren't what they claim to be. Whoever sent them is at fault; `message` names the message and the field. */
export class MalformedError extends Error {
  /** Byte position in the buffer that was read. */
  readonly position: number;
  constructor(message: string, position: number) {
    super(message);
    this.name = 'MalformedError';
    this.position = position;
  }
}

/** No such version of the message, or a value that this version cannot carry (Kafka's UnsupportedVersionException). */
export class UnsupportedVersionError extends Error {
  readonly version: number;
  constructor(message: string, version: number) {
    super(message);
    this.name = 'UnsupportedVersionError';
    this.version = version;
  }
}

/** The value has no form on the wire: a string of more than 32767 bytes, a null that isn't allowed, a damaged uuid. */
export class NotEncodableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotEncodableError';
  }
}

/** Throws UnsupportedVersionError unless minVersion <= version <= maxVersion. */
export function checkVersion(
  name: string,
  version: number,
  minVersion: number,
  maxVersion: number,
): void {
  if (version >= minVersion && version <= maxVersion) return;
  throw new UnsupportedVersionError(
    `${name} has no version ${version}, only ${minVersion} to ${maxVersion}`,
    version,
  );
}

/** A field that this version lacks holds more than its default, and isn't one that may be dropped ("ignorable"). */
export function refuseNonDefault(field: string, version: number): never {
  throw new UnsupportedVersionError(
    `Attempted to write a non-default ${field} at version ${version}`,
    version,
  );
}
