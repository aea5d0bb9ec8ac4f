// What is wrong with a security config, under the Java exception that Kafka would throw. Never holds anything secret.

export class JavaException extends Error {
  /** The full Java class name. */
  readonly exception: string;

  constructor(exception: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exception = exception;
    this.name = exception.slice(exception.lastIndexOf('.') + 1);
  }
}
