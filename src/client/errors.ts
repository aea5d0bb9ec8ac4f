// The errors a client raises by itself, under the names of Kafka's exceptions, and the bridge from error codes.
// Every error that leaves src/client is a ClientError; a tool may print `exception` and `message` as Java would.

import { errorInfo } from '../protocol/errors.ts';
import { JavaException } from '../security/java-exception.ts';

const PACKAGE = 'org.apache.kafka.common.errors.';

export interface ClientErrorOptions {
  readonly cause?: unknown;
  /** Kafka's error code when the broker said it, else -1 (UNKNOWN_SERVER_ERROR). */
  readonly code?: number;
  readonly retriable?: boolean;
  readonly refreshMetadata?: boolean;
}

/** `exception` is the full Java class name; `${exception}: ${message}` is what Throwable.toString gives. */
export class ClientError extends Error {
  readonly exception: string;
  readonly code: number;
  readonly retriable: boolean;
  readonly refreshMetadata: boolean;

  constructor(exception: string, message: string, options: ClientErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.exception = exception.includes('.') ? exception : PACKAGE + exception;
    this.name = this.exception.slice(this.exception.lastIndexOf('.') + 1);
    this.code = options.code ?? -1;
    this.retriable = options.retriable ?? false;
    this.refreshMetadata = options.refreshMetadata ?? false;
  }

  /** As Java's Throwable.toString. */
  override toString(): string {
    return this.message === '' ? this.exception : `${this.exception}: ${this.message}`;
  }
}

/** Kafka's TimeoutException. */
export class TimeoutError extends ClientError {
  constructor(message: string, cause?: unknown) {
    super('TimeoutException', message, { cause, code: 7, retriable: true });
  }
}

/** The connection ended before the answer came. */
export class DisconnectError extends ClientError {
  /** How far it had come: not to the server, or not past TLS and SASL. undefined: it was ready, or nearly. */
  readonly stage: 'connect' | 'authenticate' | undefined;

  constructor(message: string, cause?: unknown, stage?: 'connect' | 'authenticate') {
    super('DisconnectException', message, {
      cause,
      code: 13,
      retriable: true,
      refreshMetadata: true,
    });
    this.stage = stage;
  }
}

/** Kafka's ConfigException. */
export class ConfigError extends ClientError {
  constructor(message: string) {
    super('org.apache.kafka.common.config.ConfigException', message);
  }
}

/** None of the names in bootstrap.servers exists; Kafka's message doesn't say them. */
export class NoBootstrapError extends ConfigError {
  /** For people. */
  readonly plain: string;

  /** `servers`: `host:port` each. */
  constructor(servers: readonly string[]) {
    super('No resolvable bootstrap urls given in bootstrap.servers');
    const named = servers.filter((server) => server.trim() !== '').join(', ');
    this.plain =
      named === ''
        ? '--bootstrap-server names no server: give host:port.'
        : `No host is known by the name in ${named}: check --bootstrap-server.`;
  }
}

/** A plain KafkaException. */
export class KafkaError extends ClientError {
  constructor(message: string, cause?: unknown) {
    super('org.apache.kafka.common.KafkaException', message, { cause });
  }
}

export class UnsupportedVersionError extends ClientError {
  constructor(message: string) {
    super('UnsupportedVersionException', message, { code: 35 });
  }
}

/** The error of a code other than 0; `message` replaces Kafka's text when the broker sent one. */
export function errorOf(code: number, message?: string | null): ClientError {
  const info = errorInfo(code);
  return new ClientError(info.exception ?? info.name, message ?? info.message ?? info.name, {
    code,
    retriable: info.retriable,
    refreshMetadata: info.refreshMetadata,
  });
}

/** What src/security found wrong, with its causes, as the client's own. */
export function ofSecurity(error: unknown): unknown {
  if (!(error instanceof JavaException)) return error;
  return new ClientError(error.exception, error.message, { cause: ofSecurity(error.cause) });
}
