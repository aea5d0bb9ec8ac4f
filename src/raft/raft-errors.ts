// What can be wrong with a metadata log on disk: each error names the file, and the offset where there is one.

export class MetadataLogError extends Error {
  readonly path: string;

  constructor(message: string, path: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MetadataLogError';
    this.path = path;
  }
}
