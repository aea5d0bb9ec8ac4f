// The errors of bytes that aren't what a record batch should be. All of them are CorruptRecordError,
// so that a caller that only wants to know "bad bytes" catches one class.

/** Kafka's CorruptRecordException (error code 2): size, magic or checksum is wrong. */
export class CorruptRecordError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CorruptRecordError';
  }
}

/** Kafka's InvalidRecordException (error code 87): the checksum holds, the content doesn't parse. */
export class InvalidRecordError extends CorruptRecordError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidRecordError';
  }
}

/** Compressed bytes that don't follow their format. */
export class DecompressionError extends InvalidRecordError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DecompressionError';
  }
}

/** Compressed bytes that claim or hold more than the bound: a decompression bomb. */
export class DecompressedTooLargeError extends DecompressionError {
  constructor(codec: string, maxBytes: number) {
    super(`${codec} data decompresses to more than ${maxBytes} bytes`);
    this.name = 'DecompressedTooLargeError';
  }
}
