// Directories as kafka-storage format leaves them, against the bytes of a real one; and what it refuses to touch.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeIo } from '../../../src/io/node.ts';
import { readBootstrapRecords } from '../../../src/metadata/storage/bootstrap-metadata.ts';
import { type FormatOptions, formatStorage } from '../../../src/metadata/storage/format.ts';
import { readMetaProperties } from '../../../src/metadata/storage/meta-properties.ts';
import { loadNodeDirectories } from '../../../src/metadata/storage/node-directories.ts';
import { parseScramArgument } from '../../../src/metadata/storage/scram-credentials.ts';

/** bootstrap.checkpoint and 0-0.checkpoint of Apache Kafka 4.3.1. */
const APACHE_BOOTSTRAP =
  '000000000000000000000047000000000292e1ea92002000000000000001a1fd1d8ec3000001a1fd1d8ec3ffffffffffffffffffffffffffff000000012a0000000800000003160000000000000000000000000000000000000001000000f100000000020d4c424e000000000005000001a1fd1d8f67000001a1fd1d8f67ffffffffffffffffffffffffffff000000063a000000012e010c00116d657461646174612e76657273696f6e001e00005a000002014e010c0021656c696769626c652e6c65616465722e7265706c696361732e76657273696f6e00010000340000040128010c000e67726f75702e76657273696f6e00010000340000060128010c000e73686172652e76657273696f6e0001000038000008012c010c001073747265616d732e76657273696f6e000100004000000a0134010c00147472616e73616374696f6e2e76657273696f6e0002000000000000000000070000003f0000000002719c982e002000000000000001a1fd1d8f74000001a1fd1d8f74ffffffffffffffffffffffffffff000000011a00000008000000040600000000';
const APACHE_VOTERS =
  '00000000000000000000009a000000000214bbe5bc002000000002000001a1fd365f6f000001a1fd365f6fffffffffffffffffffffffffffff000000032a0000000800000003160000000001a1fd365edd00001e00000208000000050a000000010000820100000408000000066e0000020000000120f448801e97479593e6756f694eacb3020b434f4e54524f4c4c45520a6c6f63616c686f73747b6900000000010000000000000000000000030000003f0000000002c6711b7f002000000000000001a1fd36603e000001a1fd36603effffffffffffffffffffffffffff000000011a00000008000000040600000000';

/** Without checksums and times, which differ from run to run. */
function shape(bytes: Buffer): string {
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at += 12 + copy.readInt32BE(at + 8)) {
    copy.fill(0, at + 17, at + 21);
    copy.fill(0, at + 27, at + 43);
  }
  return copy.toString('hex');
}

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'format-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const options = (changes: Partial<FormatOptions> = {}): FormatOptions => ({
  io: nodeIo(),
  nodeId: 1,
  clusterId: 'kaftaReferenceAAAAAAAA',
  directories: [join(root, 'a'), join(root, 'b')],
  metadataLogDir: join(root, 'a'),
  controllerListenerName: 'CONTROLLER',
  ...changes,
});

describe('a formatted directory', () => {
  it('has the bootstrap.checkpoint of Apache Kafka', () => {
    formatStorage(options());
    for (const name of ['a', 'b']) {
      const bytes = readFileSync(join(root, name, 'bootstrap.checkpoint'));
      expect(shape(bytes)).toBe(shape(Buffer.from(APACHE_BOOTSTRAP, 'hex')));
    }
  });

  it('has meta.properties with an id of its own', () => {
    formatStorage(options());
    const { clusterId, directoryIds } = loadNodeDirectories(
      nodeIo(),
      [join(root, 'a'), join(root, 'b')],
      join(root, 'a'),
      1,
    );
    expect(clusterId).toBe('kaftaReferenceAAAAAAAA');
    expect(new Set(directoryIds.values()).size).toBe(2);
    expect(readFileSync(join(root, 'a', 'meta.properties'), 'utf8')).toMatch(
      /^#\n#\w{3} \w{3} \d\d \d\d:\d\d:\d\d UTC \d{4}\nnode\.id=1\ndirectory\.id=[\w-]{22}\nversion=1\ncluster\.id=kaftaReferenceAAAAAAAA\n$/,
    );
  });

  it('of a dynamic quorum has Kafka’s first snapshot with its voters', () => {
    const voter = { id: 1, host: 'localhost', port: 31593, directoryId: 'IPRIgB6XR5WT5nVvaU6ssw' };
    formatStorage(options({ initialVoters: [voter] }));
    const name = '__cluster_metadata-0/00000000000000000000-0000000000.checkpoint';
    const bytes = readFileSync(join(root, 'a', name));
    const theirs = Buffer.from(APACHE_VOTERS, 'hex');
    // The header record holds one more time: that of the last record before the snapshot.
    bytes.fill(0, 75, 83);
    theirs.fill(0, 75, 83);
    expect(shape(bytes)).toBe(shape(theirs));
    expect(readMetaProperties(nodeIo().disk, join(root, 'a'))?.directoryId).toBe(voter.directoryId);
    expect(existsSync(join(root, 'b', '__cluster_metadata-0'))).toBe(false);
  });

  it('keeps SCRAM credentials for its owner’s eyes', () => {
    formatStorage(options({ scram: ['SCRAM-SHA-256=[name=alice,password=alice-secret]'] }));
    const path = join(root, 'a', 'bootstrap.checkpoint');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path).includes('alice-secret')).toBe(false);
    const records = readBootstrapRecords(nodeIo().disk, join(root, 'a'));
    expect(records.at(-1)?.type).toBe('UserScramCredentialRecord');
  });

  it('of an older release has that release’s features', () => {
    const { bootstrapRecords } = formatStorage(options({ releaseVersion: 21 }));
    expect(bootstrapRecords.map((record) => record.message)).toEqual([
      { name: 'metadata.version', featureLevel: 21 },
    ]);
  });
});

describe('formatting is refused', () => {
  it('where a directory is formatted already, unless it may be passed over', () => {
    formatStorage(options({ directories: [join(root, 'a')] }));
    const before = readFileSync(join(root, 'a', 'meta.properties'), 'utf8');
    expect(() => formatStorage(options())).toThrow(
      `Log directory ${root}/a is already formatted. Use --ignore-formatted to ignore this ` +
        'directory and format the others.',
    );
    expect(existsSync(join(root, 'b'))).toBe(false);
    const { formatted } = formatStorage(options({ ignoreFormatted: true }));
    expect(formatted.map((entry) => entry.directory)).toEqual([join(root, 'b')]);
    expect(readFileSync(join(root, 'a', 'meta.properties'), 'utf8')).toBe(before);
  });

  it('where the directory is of another cluster or another node', () => {
    formatStorage(options({ directories: [join(root, 'a')] }));
    const again = { ignoreFormatted: true };
    expect(() => formatStorage(options({ ...again, clusterId: 'other' }))).toThrow(
      `Invalid cluster.id in: ${root}/a/meta.properties. Expected other, but read kaftaReferenceAAAAAAAA`,
    );
    expect(() => formatStorage(options({ ...again, nodeId: 2 }))).toThrow(
      `Stored node id 1 doesn't match previous node id 2 in ${root}/a/meta.properties.`,
    );
  });

  const cases: [string, Partial<FormatOptions>, string][] = [
    [
      'a feature nobody knows',
      { features: new Map([['nonsense', 1]]) },
      'Unsupported feature: nonsense. Supported features are: eligible.leader.replicas.version, ' +
        'group.version, kraft.version, share.version, streams.version, transaction.version',
    ],
    [
      'a level nobody knows',
      { features: new Map([['group.version', 7]]) },
      'No feature:group.version with feature level 7',
    ],
    [
      'a release that is not stable',
      { releaseVersion: 31 },
      'metadata.version 4.4-IV0 is not yet stable.',
    ],
    [
      'two words for the release',
      { releaseVersion: 30, features: new Map([['metadata.version', 30]]) },
      'Use --release-version instead of --feature metadata.version=X to avoid ambiguity.',
    ],
    [
      'a feature that needs a newer release',
      { releaseVersion: 21, features: new Map([['eligible.leader.replicas.version', 1]]) },
      'eligible.leader.replicas.version could not be set to 1 because it depends on ' +
        'metadata.version level 23',
    ],
  ];
  for (const [situation, changes, sentence] of cases) {
    it(`for ${situation}, and nothing is written`, () => {
      expect(() => formatStorage(options(changes))).toThrow(
        expect.objectContaining({ message: sentence }),
      );
      expect(existsSync(join(root, 'a'))).toBe(false);
    });
  }
});

describe('a directory whose meta.properties can’t be read', () => {
  const garbage = (name: string) => {
    mkdirSync(join(root, name));
    writeFileSync(join(root, name, 'meta.properties'), 'version=9\n');
  };

  it('is passed over while the others are formatted', () => {
    garbage('b');
    const unreadable: string[] = [];
    const { formatted } = formatStorage(options(), {
      onUnreadable: (directory) => unreadable.push(directory),
    });
    expect(unreadable).toEqual([join(root, 'b')]);
    expect(formatted.map(({ directory }) => directory)).toEqual([join(root, 'a')]);
    expect(readFileSync(join(root, 'b', 'meta.properties'), 'utf8')).toBe('version=9\n');
  });

  it('is no directory to format when there is no other', () => {
    for (const name of ['a', 'b']) garbage(name);
    expect(() => formatStorage(options())).toThrow('No available log directories to format.');
  });
});

describe('SCRAM arguments', () => {
  const salt = () => Buffer.from('salt');

  it('give the keys of RFC 5802 and RFC 7677', () => {
    const record = parseScramArgument(
      'SCRAM-SHA-256=[name=user,password=pencil,salt="W22ZaJ0SNY7soEsUEjb6gQ==",iterations=4096]',
      salt,
    );
    expect(record.storedKey.toString('base64')).toBe(
      'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=',
    );
    expect(record.serverKey.toString('base64')).toBe(
      'wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
    );
  });

  const refused: [string, string][] = [
    ['SCRAM-SHA-1=[name=a]', 'The add-scram mechanism SCRAM-SHA-1 is not supported.'],
    ['SCRAM-SHA-256=name=a', 'Expected configuration string to start with ['],
    ['SCRAM-SHA-256=[password=a]', "You must supply 'name' to add-scram"],
    [
      'SCRAM-SHA-256=[name=a]',
      "You must supply one of 'password' or 'saltedpassword' to add-scram",
    ],
    [
      'SCRAM-SHA-512=[name=a,password=b,iterations=10]',
      "The 'iterations' value must be >= 4096 for add-scram using SCRAM_SHA_512",
    ],
  ];
  for (const [argument, sentence] of refused) {
    it(`${argument} is refused`, () => {
      expect(() => parseScramArgument(argument, salt)).toThrow(sentence);
    });
  }
});
