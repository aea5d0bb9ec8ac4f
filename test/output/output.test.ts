import { describe, expect, test } from 'vitest';
import { nodeClock } from '../../src/io/node-clock.ts';
import { Output, type OutputFormat, type Presentation } from '../../src/output/output.ts';

async function shown(format: OutputFormat, result: Presentation): Promise<string> {
  let text = '';
  const target = {
    isTerminal: false,
    columns: 80,
    write: async (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString();
      return true;
    },
    writeSync: () => true,
  };
  const out = new Output(format, false, target, nodeClock);
  await out.present(result);
  await out.flush();
  return text;
}

const RESULT: Presentation = {
  kafka: () => ['Topic: a\tPartitions: 3'],
  table: () => ({
    columns: [{ name: 'TOPIC' }, { name: 'PARTITIONS', align: 'right' }],
    rows: [
      ['a', 3],
      ['longer', undefined],
    ],
  }),
  data: () => [{ topic: 'a', partitions: 3n, configs: new Map([['x', '1']]) }],
};

describe('a result', () => {
  test("is Kafka's lines", async () => {
    expect(await shown('kafka', RESULT)).toBe('Topic: a\tPartitions: 3\n');
  });

  test('is an aligned table without lines or trailing spaces', async () => {
    expect(await shown('table', RESULT)).toBe(
      'TOPIC   PARTITIONS\na                3\nlonger           -\n',
    );
  });

  test('is JSON, with maps as objects', async () => {
    expect(JSON.parse(await shown('json', RESULT))).toEqual([
      { topic: 'a', partitions: 3, configs: { x: '1' } },
    ]);
  });

  test('is YAML', async () => {
    expect(await shown('yaml', RESULT)).toBe(
      '- topic: a\n  partitions: 3\n  configs:\n    x: "1"\n',
    );
  });

  test("is Kafka's lines where there is no table", async () => {
    const { kafka, data } = RESULT;
    expect(await shown('table', { kafka, data })).toBe('Topic: a\tPartitions: 3\n');
  });
});
