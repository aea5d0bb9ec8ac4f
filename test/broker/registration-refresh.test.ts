// What a node tells the controller again after metadata.version was raised, and after directories were cordoned.

import { describe, expect, it } from 'vitest';
import { RegistrationRefresh } from '../../src/broker/registration-refresh.ts';
import { EMPTY_IMAGE } from '../../src/metadata/image/metadata-image.ts';
import { MetadataReplay } from '../../src/metadata/metadata-replay.ts';
import { encodeRecord, type RecordDraft } from '../../src/metadata/records.ts';

const NODE = 1;
const PROVENANCE = { lastContainedOffset: 0, lastContainedEpoch: 0, lastContainedLogTimeMs: 0 };

const metadataVersion = (featureLevel: number): RecordDraft => {
  return {
    type: 'FeatureLevelRecord',
    version: 0,
    message: { name: 'metadata.version', featureLevel },
  };
};
const broker = (logDirs: string[]): RecordDraft => ({
  type: 'RegisterBrokerRecord',
  version: 3,
  message: { brokerId: NODE, incarnationId: 'incarnationAAAAAAAAAAA', logDirs },
});
const controller: RecordDraft = {
  type: 'RegisterControllerRecord',
  version: 0,
  message: { controllerId: NODE, incarnationId: 'incarnationAAAAAAAAAAA' },
};

/** What is registered when these records come one after the other. */
function registered(...records: RecordDraft[]): string[] {
  return toldWith([], ...records);
}

function toldWith(cordoned: string[], ...records: RecordDraft[]): string[] {
  const calls: string[] = [];
  const note = (call: string) => () => Promise.resolve(calls.push(call));
  const refresh = new RegistrationRefresh({
    nodeId: NODE,
    registerController: note('controller'),
    registerBroker: note('broker'),
    cordonedLogDirs: () => cordoned,
    tellCordoned: note('cordoned'),
    log: () => {},
  });
  const replay = new MetadataReplay(EMPTY_IMAGE);
  for (const record of records) {
    replay.replayValues([encodeRecord(record)]);
    const { delta, image } = replay.finish(PROVENANCE);
    refresh.onMetadataUpdate(delta, image);
  }
  return calls;
}

it('registers both when the new version is the first that holds them', () => {
  expect(registered(metadataVersion(14), broker([]), metadataVersion(30))).toEqual([
    'controller',
    'broker',
  ]);
});

it('registers nothing that the version does not hold', () => {
  expect(registered(broker([]), metadataVersion(14))).toEqual([]);
  expect(registered(broker([]), metadataVersion(15))).toEqual(['controller']);
});

it('registers nothing that is known already', () => {
  const known = [broker(['directoryAAAAAAAAAAAAA']), controller];
  expect(registered(...known, metadataVersion(25), metadataVersion(30))).toEqual([]);
});

describe('directories that are cordoned', () => {
  const directory = 'directoryAAAAAAAAAAAAA';
  const change: RecordDraft = {
    type: 'ConfigRecord',
    version: 0,
    message: { resourceType: 4, resourceName: '1', name: 'cordoned.log.dirs', value: '*' },
  };
  const known: RecordDraft = {
    type: 'BrokerRegistrationChangeRecord',
    version: 3,
    message: { brokerId: NODE, cordonedLogDirs: [directory] },
  };

  it('are told when a config changes them', () => {
    expect(toldWith([directory], broker([directory]), change)).toEqual(['cordoned']);
    expect(toldWith([], broker([directory]), known, change)).toEqual(['cordoned']);
  });

  it('are not told again', () => {
    expect(toldWith([directory], broker([directory]), known, change)).toEqual([]);
    expect(toldWith([], broker([directory]), change)).toEqual([]);
  });
});
