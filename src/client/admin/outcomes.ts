// Results per item, and what happens to all of them when the call as a whole fails.

import { ClientError, errorOf, KafkaError } from '../errors.ts';
import type { Outcome } from '../types.ts';

export function failed<T>(error: ClientError): Outcome<T> {
  return { error };
}

/** Anything thrown as a ClientError. */
export function clientError(error: unknown): ClientError {
  return error instanceof ClientError ? error : new KafkaError(String(error), error);
}

/** The item's error, or undefined for code 0. */
export function itemError(code: number, message?: string | null): ClientError | undefined {
  return code === 0 ? undefined : errorOf(code, message);
}

/** Kafka's answer for an item that the broker forgot. */
export function missing(what: string): ClientError {
  return new ClientError(
    'ApiException',
    `The server response did not contain a result for ${what}`,
  );
}
