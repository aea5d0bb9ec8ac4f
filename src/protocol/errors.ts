// Kafka's error codes and the error that carries one. The table is generated from schemas/errors.json.
// Bytes that cannot be read are no ApiError: see codec-errors.ts.

import { ERROR_TABLE, Errors } from './generated/errors.ts';

export { Errors };

export interface ErrorInfo {
  readonly code: number;
  /** UNKNOWN_TOPIC_OR_PARTITION */
  readonly name: string;
  /** Kafka's default message; null for NONE. */
  readonly message: string | null;
  /** Simple name of the class in org.apache.kafka.common.errors. */
  readonly exception: string | null;
  /** Extends RetriableException. */
  readonly retriable: boolean;
  /** Extends RefreshRetriableException or InvalidMetadataException: fetch metadata before the retry. */
  readonly refreshMetadata: boolean;
}

/** The facts about a code; those of UNKNOWN_SERVER_ERROR for a code of the future, as Kafka's Errors.forCode. */
export function errorInfo(code: number): ErrorInfo {
  return ERROR_TABLE[code + 1] ?? ERROR_TABLE[0]!;
}

/**
 * A failure with a code of Kafka's protocol, thrown within a broker or made from a response. It has no stack trace, which
 * would cost ten times the rest: one request may ask for a million things that aren't there (ApiException.fillInStackTrace).
 */
export class ApiError extends Error {
  readonly code: number;
  constructor(code: number, message?: string | null, options?: ErrorOptions) {
    const info = errorInfo(code);
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(message ?? info.message ?? info.name, options);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = info.name;
    this.code = code;
  }

  get info(): ErrorInfo {
    return errorInfo(this.code);
  }

  get retriable(): boolean {
    return this.info.retriable;
  }

  /** Its message as answers carry it: see specificMessage. */
  get specificMessage(): string | null {
    return specificMessage(this.code, this.message);
  }
}

/** null for a sentence that says no more than the code does, as Kafka's ApiError.fromThrowable sends it. */
export function specificMessage(code: number, message: string | null): string | null {
  const isGeneric = code === Errors.UNKNOWN_SERVER_ERROR || message === errorInfo(code).message;
  return isGeneric ? null : message;
}
