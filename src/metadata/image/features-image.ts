// The finalized feature levels: metadata.version and the others (FeaturesImage, FeaturesDelta).
// Immutable; a delta collects replayed records and makes the next image. It never checks whether a level is allowed.

export const METADATA_VERSION = 'metadata.version';

export class FeaturesImage {
  static readonly EMPTY = new FeaturesImage(new Map());

  /** Feature name → level, metadata.version among them. */
  readonly finalizedVersions: ReadonlyMap<string, number>;

  constructor(finalizedVersions: ReadonlyMap<string, number>) {
    this.finalizedVersions = finalizedVersions;
  }

  /** The level of metadata.version; 0 before the first record. */
  get metadataVersion(): number {
    return this.level(METADATA_VERSION);
  }

  level(feature: string): number {
    return this.finalizedVersions.get(feature) ?? 0;
  }

  get isElrEnabled(): boolean {
    return this.level('eligible.leader.replicas.version') >= 1;
  }
}

export class FeaturesDelta {
  readonly image: FeaturesImage;
  /** Feature name → new level; 0 removes it. */
  readonly changes = new Map<string, number>();

  constructor(image: FeaturesImage) {
    this.image = image;
  }

  replayFeatureLevel(name: string, level: number): void {
    this.changes.set(name, level);
  }

  apply(): FeaturesImage {
    const versions = new Map(this.image.finalizedVersions);
    for (const [name, level] of this.changes) {
      if (level === 0) versions.delete(name);
      else versions.set(name, level);
    }
    return new FeaturesImage(versions);
  }
}
