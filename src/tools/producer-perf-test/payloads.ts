// The values that a test of the producer sends: letters by chance, a file's records by chance, or numbers
// (ProducerPerformance.generateRandomPayload, readPayloadFile).

import { isAbsolute, resolve } from 'node:path';
import { javaScannerTokens } from '../../common/java-regex.ts';
import type { ToolContext } from '../../flags/tool-context.ts';
import { ToolError } from '../support/java-error.ts';
import { SplittableRandom } from '../support/splittable-random.ts';

export interface PayloadSource {
  /** Of the nth record, from 0; the buffer is used again for the next one. */
  next(index: number): Buffer;
}

export function payloadSource(
  payloads: readonly Buffer[],
  recordSizeBytes: number | undefined,
): PayloadSource {
  const random = new SplittableRandom();
  if (payloads.length > 0) return { next: () => payloads[random.next(payloads.length)]! };
  if (recordSizeBytes === undefined) return { next: (index) => Buffer.from(String(index)) };
  const payload = Buffer.allocUnsafe(recordSizeBytes);
  return {
    next() {
      random.fillLetters(payload);
      return payload;
    },
  };
}

/** The records of a file of UTF-8, told as Kafka tells them; none without a file. Throws ToolError. */
export function readPayloads(
  context: ToolContext,
  path: string | undefined,
  delimiter: string,
): Buffer[] {
  if (path === undefined) return [];
  const { disk } = context.io;
  context.notice(`Reading payloads from: ${absolute(path)}`);
  const stat = disk.stat(path);
  if (stat === undefined || stat.sizeBytes === 0) {
    throw new ToolError('File does not exist or empty file provided.');
  }
  const text = disk.readFile(path).toString('utf8');
  const payloads = javaScannerTokens(text, delimiter === '\\n' ? '\n' : delimiter);
  context.notice(`Number of records read: ${payloads.length}`);
  return payloads.map((payload) => Buffer.from(payload));
}

/** Path.toAbsolutePath: nothing is tidied. */
function absolute(path: string): string {
  return isAbsolute(path) ? path : `${resolve('.')}/${path}`;
}
