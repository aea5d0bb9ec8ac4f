// Standard input and output as byte streams with back-pressure. Chunks, never lines: who needs lines finds them.

export interface ByteSource {
  readonly isTerminal: boolean;
  /** The next bytes, valid until the next call; undefined at the end. One call at a time. Rejects with a DiskError. */
  read(): Promise<Buffer | undefined>;
  /** Stops reading; a pending read() ends with undefined. Idempotent. */
  close(): void;
}

export interface ByteTarget {
  readonly isTerminal: boolean;
  /** Width of the terminal, 80 when there is none. */
  readonly columns: number;
  /** Resolves when the system has taken all of it and the buffer may be reused; false when the reader is gone (EPIPE). */
  write(bytes: Uint8Array): Promise<boolean>;
  /** The same at once, for last words; may block. */
  writeSync(bytes: Uint8Array): boolean;
}
