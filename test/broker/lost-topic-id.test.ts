// A broker that starts over a folder whose topic id is another one's: a flipped bit, or what a deleted topic left.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { batch, createTopic, fetch, produce, TestBroker } from './support/running-broker.ts';

const folder = mkdtempSync(join(tmpdir(), 'kafta-topic-id-'));
let broker: TestBroker | undefined;

afterEach(async () => {
  await broker?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('keeps the folder aside, says so, and serves the others', async () => {
  broker = await TestBroker.start({ dataDirectory: folder });
  const client = await broker.client();
  for (const topic of ['hurt', 'whole']) {
    await createTopic(client, topic);
    await produce(client, topic, batch(['kept']));
  }
  await broker.stop();
  const file = join(folder, 'hurt-0', 'partition.metadata');
  const text = readFileSync(file, 'latin1');
  const last = text.at(-1) === 'g' ? 'w' : 'g';
  rmSync(file);
  writeFileSync(file, text.slice(0, -1) + last);

  broker = await TestBroker.start({ dataDirectory: folder });
  const again = await broker.client();
  expect((await fetch(again, 'whole', 0)).records!.length).toBeGreaterThan(0);
  expect((await fetch(again, 'hurt', 0)).records?.length ?? 0).toBe(0);
  const [aside] = readdirSync(folder).filter((name) => /^hurt-0\.[0-9a-f]{32}-stray$/.test(name));
  const [log] = readdirSync(join(folder, aside!)).filter((name) => name.endsWith('.log'));
  expect(readFileSync(join(folder, aside!, log!), 'latin1')).toContain('kept');
  expect(broker.lines.join('\n')).toMatch(/hurt-0 has the id of another topic, .* it is kept as/);
});
