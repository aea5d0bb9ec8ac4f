// How a failure is told: Kafka's tools print the message somewhere and a stack trace on stderr.
// Ours keep the messages and give one line, with the exception's Java name, instead of the trace.

import { DiskError } from '../../io/io.ts';

interface WithException {
  readonly exception: string;
}

function hasException(error: unknown): error is Error & WithException {
  return error instanceof Error && typeof (error as Partial<WithException>).exception === 'string';
}

/** Throwable.getMessage. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Throwable.toString: the class, a colon, the message. */
export function describeError(error: unknown): string {
  const message = messageOf(error);
  if (hasException(error))
    return message === '' ? error.exception : `${error.exception}: ${message}`;
  if (error instanceof DiskError) return `java.io.IOException: ${message}`;
  return message;
}

/** Throwable.printStackTrace without the frames: the error, and what caused it. */
export function describeChain(error: unknown): string {
  const lines = [describeError(error)];
  let cause = causeOf(error);
  for (let depth = 0; cause !== undefined && depth < 10; depth++) {
    lines.push(`Caused by: ${describeError(cause)}`);
    cause = causeOf(cause);
  }
  return lines.join('\n');
}

/** What is at the bottom of it: for people. */
export function rootCause(error: unknown): unknown {
  let root = error;
  for (let depth = 0; depth < 10; depth++) {
    const cause = causeOf(root);
    if (cause === undefined) return root;
    root = cause;
  }
  return root;
}

/** Only what would be an exception in Java too. */
function causeOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return hasException(cause) ? cause : undefined;
}

/** An IllegalArgumentException and the like, thrown by a tool itself. */
export class ToolError extends Error {
  readonly exception: string;
  constructor(message: string, exception = 'java.lang.IllegalArgumentException', cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ToolError';
    this.exception = exception;
  }
}
