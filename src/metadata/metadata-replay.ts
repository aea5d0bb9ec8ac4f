// Turns what a log holds into an image: records replayed in order, metadata transactions taken whole or not at all
// (MetadataBatchLoader). The one way in which records take effect, at a start as after an append. No I/O.
import { MetadataDelta } from './image/metadata-delta.ts';
import type { MetadataImage, MetadataProvenance } from './image/metadata-image.ts';
import { decodeRecord, type MetadataRecord } from './records.ts';

export class MetadataReplay {
  image: MetadataImage;
  #delta: MetadataDelta;
  /** Records of a transaction that hasn't ended; undefined outside of one. */
  #pending: MetadataRecord[] | undefined;

  constructor(image: MetadataImage) {
    this.image = image;
    this.#delta = new MetadataDelta(image);
  }

  get isTransactionOpen(): boolean {
    return this.#pending !== undefined;
  }

  /** Throws MetadataRecordError, AssertionError; the image is then as it was. */
  replayValues(values: Iterable<Buffer>): void {
    for (const value of values) this.#replay(decodeRecord(value));
  }

  /** The image after what was replayed, and what it changed. */
  finish(provenance: MetadataProvenance): { delta: MetadataDelta; image: MetadataImage } {
    const delta = this.#delta;
    this.image = delta.apply(provenance);
    this.#delta = new MetadataDelta(this.image);
    return { delta, image: this.image };
  }

  /** Drops what was replayed since the last finish. */
  rollback(): void {
    this.#delta = new MetadataDelta(this.image);
    this.#pending = undefined;
  }

  #replay(record: MetadataRecord): void {
    switch (record.type) {
      case 'BeginTransactionRecord':
        this.#pending = [];
        break;
      case 'EndTransactionRecord':
        for (const held of this.#pending ?? []) this.#delta.replay(held);
        this.#pending = undefined;
        break;
      case 'AbortTransactionRecord':
        this.#pending = undefined;
        break;
      default:
        if (this.#pending !== undefined) this.#pending.push(record);
        else this.#delta.replay(record);
    }
  }
}
