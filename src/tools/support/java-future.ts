// How failures of Kafka's admin client look once they have passed through Java's futures: the message of an
// ExecutionException is its cause as text, and a RuntimeException around that adds its class.

import type { Outcome } from '../../client/types.ts';
import { describeError, ToolError } from './java-error.ts';

const EXECUTION = 'java.util.concurrent.ExecutionException';

/** A failed future, as its get() throws. */
export function executionError(cause: unknown): ToolError {
  return new ToolError(describeError(cause), EXECUTION, cause);
}

/** `new RuntimeException(cause)`. */
export function runtimeError(cause: unknown): ToolError {
  return new ToolError(describeError(cause), 'java.lang.RuntimeException', cause);
}

/** Awaits an operation whose failure Kafka's tool hands on as an ExecutionException. */
export async function get<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw executionError(error);
  }
}

/** Awaits an operation whose ExecutionException Kafka's tool wraps once more. */
export async function getWrapped<T>(result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    throw runtimeError(executionError(error));
  }
}

/** The innermost failure: what people are told. */
export function rootCause(error: unknown): unknown {
  let found = error;
  while (found instanceof ToolError && found.cause !== undefined) found = found.cause;
  return found;
}

export function orThrow<T>(outcome: Outcome<T>): T {
  if (outcome.error !== undefined) throw outcome.error;
  return outcome.value;
}
