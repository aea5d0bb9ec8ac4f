// Every vector of a real Kafka 4.3.1: bytes to message and message to bytes.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type MessageVector, runMessageVector } from '../../scripts/vectors/messages.ts';

const path = new URL('vectors.json.gz', import.meta.url);
const { vectors } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as {
  vectors: MessageVector[];
};

describe('vectors made by Kafka', () => {
  it.each(['set', 'null', 'leaf-null', 'default', 'edge', 'set-2', 'unknown-tags'])(
    'agree in both directions when the fill is %s',
    (fill) => {
      const failures = vectors.filter((vector) => vector.fill === fill).flatMap(runMessageVector);
      expect(failures).toEqual([]);
    },
  );

  it('are many', () => expect(vectors.length).toBeGreaterThan(1600));

  it('fail when a byte of theirs is changed', () => {
    const vector = vectors.find(({ schema }) => schema === 'RequestHeader')!;
    const wrong = { ...vector, hex: `7${vector.hex.slice(1)}` };
    expect(runMessageVector(wrong).length).toBe(2);
  });
});
