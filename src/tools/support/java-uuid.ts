// Uuid.fromString of Kafka: URL-safe base64 with or without padding, with the complaints of Java's decoder.

import { ToolError } from './java-error.ts';

const LONGEST_TEXT = 24;

/** The canonical 22 characters. Throws ToolError (IllegalArgumentException). */
export function parseJavaUuid(text: string): string {
  if (text.length > LONGEST_TEXT) {
    const prefix = text.slice(0, LONGEST_TEXT);
    throw new ToolError(
      `Input string with prefix \`${prefix}\` is too long to be decoded as a base64 UUID`,
    );
  }
  const bytes = decodeBase64Url(text);
  if (bytes.length === 16) return bytes.toString('base64url');
  throw new ToolError(
    `Input string \`${text}\` decoded as ${bytes.length} bytes, which is not equal to the expected 16 bytes of a base64-encoded UUID`,
  );
}

function decodeBase64Url(text: string): Buffer {
  const body = text.replace(/={1,2}$/, '');
  const illegal = /[^A-Za-z0-9_-]/.exec(body);
  if (illegal !== null) {
    const code = illegal[0].charCodeAt(0).toString(16);
    throw new ToolError(`Illegal base64 character ${code}`);
  }
  const padding = text.length - body.length;
  const rest = body.length % 4;
  if (text.length === 1) {
    throw new ToolError('Input byte[] should at least have 2 bytes for base64 bytes');
  }
  if (rest === 1) throw new ToolError('Last unit does not have enough valid bits');
  if (padding > 0 && padding !== (4 - rest) % 4) {
    throw new ToolError('Input byte array has wrong 4-byte ending unit');
  }
  return Buffer.from(body, 'base64url');
}
