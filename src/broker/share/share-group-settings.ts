// What is set for one share group (ConfigResource GROUP), else what the broker has. Read anew each time: a change counts
// from the next record on. Kafka: ShareGroupConfigProvider, GroupConfig.

import type { BrokerConfig } from '../../config/server-properties.ts';
import type { ShareMembershipLookup } from '../../coordinator/group/share/share-group-config.ts';
import { ConfigResourceType } from '../../metadata/image/configs-image.ts';
import type { MetadataCache } from '../metadata-cache.ts';

/** share.auto.offset.reset */
export type ShareOffsetReset =
  | { readonly kind: 'latest' }
  | { readonly kind: 'earliest' }
  /** by_duration: what was produced in the last so many milliseconds */
  | { readonly kind: 'duration'; readonly durationMs: number };

export interface ShareGroupSettings {
  readonly recordLockDurationMs: number;
  readonly deliveryCountLimit: number;
  readonly maxRecordLocks: number;
  readonly isRenewEnabled: boolean;
  readonly isReadCommitted: boolean;
  readonly offsetReset: ShareOffsetReset;
}

export type ShareGroupSettingsLookup = (groupId: string) => ShareGroupSettings;

export function shareGroupSettings(
  config: BrokerConfig,
  metadata: MetadataCache,
): ShareGroupSettingsLookup {
  const defaults: ShareGroupSettings = {
    recordLockDurationMs: config.number('group.share.record.lock.duration.ms'),
    deliveryCountLimit: config.number('group.share.delivery.count.limit'),
    maxRecordLocks: config.number('group.share.partition.max.record.locks'),
    isRenewEnabled: true,
    isReadCommitted: false,
    offsetReset: { kind: 'latest' },
  };
  return (groupId) => {
    const set = metadata.image.configs.configMapForResource(ConfigResourceType.GROUP, groupId);
    if (set.size === 0) return defaults;
    const number = (name: string, otherwise: number): number => Number(set.get(name) ?? otherwise);
    const reset = set.get('share.auto.offset.reset');
    return {
      recordLockDurationMs: number('share.record.lock.duration.ms', defaults.recordLockDurationMs),
      deliveryCountLimit: number('share.delivery.count.limit', defaults.deliveryCountLimit),
      maxRecordLocks: number('share.partition.max.record.locks', defaults.maxRecordLocks),
      isRenewEnabled: set.get('share.renew.acknowledge.enable') !== 'false',
      isReadCommitted: set.get('share.isolation.level') === 'read_committed',
      offsetReset: reset === undefined ? defaults.offsetReset : offsetResetOf(reset),
    };
  };
}

/** What the group coordinator needs of a group's own settings. */
export function shareMembershipSettings(metadata: MetadataCache): ShareMembershipLookup {
  return (groupId) => {
    const set = metadata.image.configs.configMapForResource(ConfigResourceType.GROUP, groupId);
    const number = (key: string, name: string): { readonly [key: string]: number } => {
      const value = set.get(name);
      return value === undefined ? {} : { [key]: Number(value) };
    };
    return {
      ...number('sessionTimeoutMs', 'share.session.timeout.ms'),
      ...number('heartbeatIntervalMs', 'share.heartbeat.interval.ms'),
      ...number('assignmentIntervalMs', 'share.assignment.interval.ms'),
    };
  };
}

function offsetResetOf(value: string): ShareOffsetReset {
  const [kind, duration] = value.split(/:(.*)/s);
  if (kind?.toLowerCase() === 'earliest') return { kind: 'earliest' };
  if (kind?.toLowerCase() !== 'by_duration') return { kind: 'latest' };
  return { kind: 'duration', durationMs: durationMs(duration ?? '') };
}

const ISO_DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i;

/** PnDTnHnMn.nS; the config's validator has let nothing else through. */
function durationMs(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] = ISO_DURATION.exec(text) ?? [];
  const totalHours = Number(days) * 24 + Number(hours);
  return (totalHours * 60 + Number(minutes)) * 60_000 + Math.floor(Number(seconds) * 1000);
}
