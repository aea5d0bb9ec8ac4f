// What a node that starts makes of its log directories: whose they are, which can't be used, which it refuses.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeIo } from '../../../src/io/node.ts';
import { type FormatOptions, formatStorage } from '../../../src/metadata/storage/format.ts';
import { readMetaProperties } from '../../../src/metadata/storage/meta-properties.ts';
import { loadNodeDirectories } from '../../../src/metadata/storage/node-directories.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'directories-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const options = (changes: Partial<FormatOptions> = {}): FormatOptions => ({
  io: nodeIo(),
  nodeId: 1,
  clusterId: 'kaftaReferenceAAAAAAAA',
  directories: [join(root, 'a')],
  metadataLogDir: join(root, 'a'),
  controllerListenerName: 'CONTROLLER',
  ...changes,
});

describe('a node that starts', () => {
  const load = (nodeId = 1) =>
    loadNodeDirectories(nodeIo(), [join(root, 'a')], join(root, 'a'), nodeId);

  it('is told that its directory is not formatted, or is of another node', () => {
    expect(load).toThrow('No readable meta.properties files found.');
    formatStorage(options());
    expect(() => load(7)).toThrow(/Stored node id 1 doesn't match previous node id 7/);
  });

  it('is told of a meta.properties from another age', () => {
    formatStorage(options());
    writeFileSync(join(root, 'a', 'meta.properties'), 'version=9\n');
    expect(load).toThrow(
      `Error loading ${root}/a/meta.properties: Unknown meta.properties version number 9`,
    );
  });

  it('is told of a directory id that means something else', () => {
    formatStorage(options());
    const text = (id: string) => `version=1\ncluster.id=c\nnode.id=1\ndirectory.id=${id}\n`;
    writeFileSync(join(root, 'a', 'meta.properties'), text('AAAAAAAAAAAAAAAAAAAAYw'));
    expect(load).toThrow(`Invalid reserved directory ID AAAAAAAAAAAAAAAAAAAAYw found in ${root}/a`);
    writeFileSync(join(root, 'a', 'meta.properties'), text('AAAAAAAAAAAAAAAAAAAAZA'));
    expect(load).not.toThrow();
  });

  it.each([
    ['no node', 'cluster.id=c', 'Failed to find node.id'],
    [
      'a node that is no number',
      'cluster.id=c\nnode.id=x',
      'Unable to read node.id as a base-10 number.',
    ],
    [
      'a node beyond int32',
      'cluster.id=c\nnode.id=2147483648',
      'Unable to read node.id as a base-10 number.',
    ],
    ['no cluster', 'node.id=1', 'cluster.id was not found.'],
    [
      'a directory id that is none',
      'cluster.id=c\nnode.id=1\ndirectory.id=?',
      'Unable to read directory.id as a Uuid: ?',
    ],
  ])('is told of a meta.properties with %s', (_, text, message) => {
    formatStorage(options());
    writeFileSync(join(root, 'a', 'meta.properties'), `version=1\n${text}\n`);
    expect(load).toThrow(`Error loading ${root}/a/meta.properties: ${message}`);
  });

  describe('with several directories', () => {
    const dirs = () => ['a', 'b', 'c'].map((name) => join(root, name));
    const start = () => loadNodeDirectories(nodeIo(), dirs(), join(root, 'a'), 1);
    const file = (name: string) => join(root, name, 'meta.properties');
    const idOf = (name: string) => readMetaProperties(nodeIo().disk, join(root, name))?.directoryId;
    const replace = (name: string, what: RegExp, by: string) =>
      writeFileSync(file(name), readFileSync(file(name), 'utf8').replace(what, by));
    beforeEach(() => {
      formatStorage(options({ directories: dirs() }));
    });

    const unreadable: [string, () => void, RegExp][] = [
      [
        'holds nonsense',
        () => writeFileSync(file('b'), 'version=\\u12\n'),
        /Error loading .*b.meta/,
      ],
      ['lacks its node', () => replace('b', /^node.*\n/m, ''), /Failed to find node.id/],
      [
        'is a folder',
        () => {
          rmSync(file('b'));
          mkdirSync(file('b'));
        },
        /EISDIR/,
      ],
      [
        'lies in a file',
        () => {
          rmSync(join(root, 'b'), { recursive: true });
          writeFileSync(join(root, 'b'), '');
        },
        /ENOTDIR/,
      ],
    ];
    it.each(unreadable)('leaves out one whose meta.properties %s', (_, damage, why) => {
      damage();
      const { directoryIds, failed } = start();
      expect([...directoryIds.keys()]).toEqual([join(root, 'a'), join(root, 'c')]);
      expect([...failed.keys()]).toEqual([join(root, 'b')]);
      expect(failed.get(join(root, 'b'))?.message).toMatch(why);
    });

    it('can’t do without the metadata log’s', () => {
      writeFileSync(file('a'), 'version=9\n');
      expect(start).toThrow(/I\/O error in metadata log directory .*a\. Cannot continue\./);
    });

    const refused: [string, () => void, RegExp][] = [
      [
        'of another cluster',
        () => replace('b', /^cluster.*$/m, 'cluster.id=other'),
        /Invalid cluster.id in: .*\/b\/.* Expected kaftaReferenceAAAAAAAA, but read other/,
      ],
      ['of another node', () => replace('b', /^node.*$/m, 'node.id=7'), /Stored node id 7/],
      [
        'that has the id of another',
        () => replace('b', /^directory.*$/m, `directory.id=${idOf('c')}`),
        /Duplicate directory ID/,
      ],
      [
        'that was never formatted',
        () => {
          rmSync(join(root, 'b'), { recursive: true });
          mkdirSync(join(root, 'b'));
        },
        /No `meta.properties` found in .*b \(have you run/,
      ],
      [
        'of version 0 without a node',
        () => writeFileSync(file('b'), ''),
        /Error: node ID not found in .*b$/,
      ],
      [
        'of version 0 without a cluster',
        () => writeFileSync(file('b'), 'broker.id=1\n'),
        /Error: cluster ID not found in .*b$/,
      ],
      [
        'that holds a metadata log, too',
        () => mkdirSync(join(root, 'b', '__cluster_metadata-0')),
        /Found unexpected metadata location in data directory `.*b.__cluster_metadata-0`/,
      ],
    ];
    it.each(refused)('refuses one %s', (_, damage, why) => {
      damage();
      expect(start).toThrow(why);
    });

    it('gives an id to one that has none, and leaves its version', () => {
      replace('b', /^directory.*\n/m, '');
      writeFileSync(file('c'), 'version=0\nbroker.id=1\ncluster.id=kaftaReferenceAAAAAAAA\n');
      const { directoryIds, failed } = start();
      expect(failed.size).toBe(0);
      expect(directoryIds.get(join(root, 'b'))).toBe(idOf('b'));
      expect(directoryIds.get(join(root, 'c'))).toBe(idOf('c'));
      expect(new Set(directoryIds.values()).size).toBe(3);
      const lines = readFileSync(file('c'), 'utf8').split('\n').slice(2, -1);
      expect(lines).toEqual([
        'broker.id=1',
        `directory.id=${idOf('c')}`,
        'version=0',
        'cluster.id=kaftaReferenceAAAAAAAA',
      ]);
      expect(start()).toEqual({ clusterId: 'kaftaReferenceAAAAAAAA', directoryIds, failed });
    });
  });
});
