import { describe, expect, test } from 'vitest';
import { clusterName, clusterPlaces, configDirectory } from '../../src/daemon/places.ts';

describe('places', () => {
  test('are all under KAFTA_HOME when it is set', () => {
    const environment = { KAFTA_HOME: '/k', XDG_DATA_HOME: '/d', XDG_STATE_HOME: '/s' };
    const places = clusterPlaces('default', environment);
    expect(places.dataDirectory).toBe('/k/clusters/default/data');
    expect(places.logFile).toBe('/k/clusters/default/broker.log');
    expect(configDirectory(environment)).toBe('/k');
  });

  test('follow the XDG folders, and ignore relative ones', () => {
    const environment = { XDG_DATA_HOME: '/d', XDG_STATE_HOME: 'relative', XDG_CONFIG_HOME: '/c' };
    const places = clusterPlaces('default', environment);
    expect(places.dataDirectory).toBe('/d/kafta/clusters/default/data');
    expect(places.stateDirectory).toMatch(/\/\.local\/state\/kafta\/clusters\/default$/);
    expect(configDirectory(environment)).toBe('/c/kafta');
    expect(places.propertiesFile).toBe('/d/kafta/clusters/default/server.properties');
  });

  test('need a name that makes a folder', () => {
    expect(clusterName(undefined, {})).toBe('default');
    expect(clusterName(undefined, { KAFTA_CLUSTER: 'it' })).toBe('it');
    expect(clusterName('flag', { KAFTA_CLUSTER: 'it' })).toBe('flag');
    for (const name of ['..', '', 'a/b', '-x', 'x'.repeat(65)]) {
      expect(() => clusterName(name, {})).toThrow('is no cluster name');
    }
  });
});
