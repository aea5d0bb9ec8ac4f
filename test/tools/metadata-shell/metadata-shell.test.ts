import { describe, expect, it } from 'vitest';
import { EMPTY_IMAGE } from '../../../src/metadata/image/metadata-image.ts';
import { MetadataReplay } from '../../../src/metadata/metadata-replay.ts';
import { encodeRecord, type RecordDraft } from '../../../src/metadata/records.ts';
import {
  completions,
  runCommand,
  type ShellState,
} from '../../../src/tools/metadata-shell/commands.ts';
import { rootNode } from '../../../src/tools/metadata-shell/image-nodes.ts';
import { interact } from '../../../src/tools/metadata-shell/interactive.ts';
import { fakeContext } from '../fake-context.ts';

const quota = (entity: [string, string | null][], key: string, value: number): RecordDraft => ({
  type: 'ClientQuotaRecord',
  version: 0,
  message: {
    entity: entity.map(([entityType, entityName]) => ({ entityType, entityName })),
    key,
    value,
  },
});

function shell(
  records: readonly RecordDraft[],
  columns?: number,
  namesDefaults = false,
): ShellState {
  const replay = new MetadataReplay(EMPTY_IMAGE);
  replay.replayValues(records.map(encodeRecord));
  const { image } = replay.finish(EMPTY_IMAGE.provenance);
  const root = rootNode(image, new Map([['version', '4.3.1']]), namesDefaults);
  return { root, workingDirectory: '/', history: [], columns };
}

const RECORDS: readonly RecordDraft[] = [
  {
    type: 'FeatureLevelRecord',
    version: 0,
    message: { name: 'metadata.version', featureLevel: 30 },
  },
  { type: 'FeatureLevelRecord', version: 0, message: { name: 'group.version', featureLevel: 1 } },
  quota([['user', 'a(b)']], 'producer_byte_rate', 1e9),
  quota([['user', null]], 'consumer_byte_rate', 5),
];

describe('the metadata shell', () => {
  const run = (line: string, isInteractive = false, state = shell(RECORDS)) => [
    ...runCommand(state, line.split(' '), isInteractive),
  ];

  it('shows a directory as a tree and a file as its text', () => {
    const lines = ['finalized_group.version:', '  1', 'metadataVersion:', '  Optional[4.3-IV0]'];
    expect(run('tree image/features')).toEqual(lines);
    expect(run('cat /image/features/metadataVersion')).toEqual(['Optional[4.3-IV0]']);
    expect(run('cat image/features')).toEqual(['cat: image/features: Is a directory']);
  });

  it('lists what globs find, files before directories', () => {
    expect(run('ls image/features/{m,f}*')).toEqual(['finalized_group.version', 'metadataVersion']);
    expect(run('ls local image/producerIds')).toEqual([
      'local:',
      'version',
      '',
      'producerIds:',
      'nextProducerId',
    ]);
  });

  it('names quotas by their entities, a default by nothing', () => {
    expect(run('tree image/clientQuotas')).toEqual([
      ':',
      'user(a\\(b\\)):',
      '  producer_byte_rate:',
      '    1.0E9',
    ]);
  });

  it('ends over a default entity as Kafka’s does where it has to show it', () => {
    const lines = runCommand(shell(RECORDS), ['find', 'image/clientQuotas'], false);
    const shown: string[] = [];
    expect(() => {
      for (const line of lines) shown.push(line);
    }).toThrow('Expected  to be a valid child of image/clientQuotas, but it was not.');
    expect(shown).toEqual(['image/clientQuotas']);
    expect(() => run('ls image/clientQuotas/*')).toThrow(
      'Expected  to be a valid child of class org.apache.kafka.image.node.ClientQuotasImageNode, but it was not.',
    );
  });

  it('shows a default entity to people', () => {
    expect(run('find image/clientQuotas/*', false, shell(RECORDS, undefined, true))).toEqual([
      'image/clientQuotas/*',
      'image/clientQuotas/*/consumer_byte_rate',
      'image/clientQuotas/*',
      'image/clientQuotas/*/producer_byte_rate',
    ]);
  });

  it('knows the globs of Kafka 4.3: no brackets, and what is malformed is a plain name', () => {
    expect(run('ls image/features/meta[d]ataVersion')).toEqual([
      'ls: image/features/meta[d]ataVersion: no such file or directory.',
    ]);
    expect(run('ls image/features/{m')).toEqual([
      'ls: image/features/{m: no such file or directory.',
    ]);
    expect(run('ls image/features/?etadata{Version,}')).toEqual(['metadataVersion']);
  });

  it.each([
    ['ls -l', ["unrecognized arguments: '-l'"]],
    ['pwd x', ["unrecognized arguments: 'x'"]],
    ['cd a b', ["unrecognized arguments: 'b'"]],
    [
      'history x',
      ['argument numEntriesToShow: could not convert \'x\' to Integer (For input string: "x")'],
    ],
    ['man', ['too few arguments']],
    ['man exit', ['exit: Exit the metadata shell.', '', 'usage: exit']],
    [
      'man find',
      [
        'find: Search for nodes in the directory hierarchy.',
        '',
        'usage: find [paths [paths ...]]',
        '',
        'positional arguments:',
        '  paths                  The paths to start at.',
      ],
    ],
    [
      'cat -h',
      [
        'usage:  cat [-h] targets [targets ...]',
        '',
        'positional arguments:',
        '  targets                The metadata files to display.',
        '',
        'optional arguments:',
        '  -h, --help             show this help message and exit',
      ],
    ],
  ])('answers %j as Kafka’s does', (line, lines) => {
    expect(run(line, true)).toEqual(lines);
  });

  it('says what is missing', () => {
    expect(run('ls nothing')).toEqual(['ls: nothing: no such file or directory.']);
    expect(run('find x/y')).toEqual(['find: x/y: no such file or directory.']);
    expect(run('cat')).toEqual(['too few arguments']);
    expect(run('cd image')[0]).toBe(
      "invalid choice: 'cd' (choose from 'cat', 'find', 'ls', 'tree')",
    );
  });

  it('walks about when it is interactive, and completes names', () => {
    const state = shell(RECORDS, 80);
    expect(run('cd image/features', true, state)).toEqual([]);
    expect(run('pwd', true, state)).toEqual(['/image/features']);
    expect(run('cd metadataVersion', true, state)).toEqual([
      'cd: metadataVersion: not a directory.',
    ]);
    expect(completions(state, ['cat', 'meta'])).toEqual(['metadataVersion']);
    expect(completions(state, ['ls', '../clu'])).toEqual(['../cluster/']);
    expect(completions(state, ['h'])).toEqual(['help', 'history']);
    expect(run('ls', true, state)).toEqual(['finalized_group.version  metadataVersion']);
  });

  it('drops empty words of a line that was typed, as Kafka’s does', async () => {
    const context = fakeContext({ stdin: ["cat ''\ncat '/local/version' \"\"\n"] });
    expect(await interact(shell(RECORDS, 80), context)).toBe(0);
    const [, answers] = (await context.stdoutText()).split('[ Kafka Metadata Shell ]\n');
    expect(answers).toBe('>> too few arguments\n>> 4.3.1\n>> ');
  });
});
