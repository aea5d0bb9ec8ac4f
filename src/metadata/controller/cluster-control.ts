// Brokers and controllers that register, go and shut down (ClusterControlManager and the heartbeat part of
// ReplicationControlManager). Pure: decisions about an image and the heartbeats seen so far.

import { DIRECTORY_LOST, DIRECTORY_MIGRATING, DIRECTORY_UNASSIGNED } from '../../common/uuid.ts';
import { ApiError, Errors } from '../../protocol/errors.ts';
import type { BrokerHeartbeatRequest } from '../../protocol/generated/apis/broker-heartbeat-request.ts';
import type { BrokerRegistrationRequest } from '../../protocol/generated/apis/broker-registration-request.ts';
import type { ControllerRegistrationRequest } from '../../protocol/generated/apis/controller-registration-request.ts';
import type { BrokerRegistration } from '../image/cluster-image.ts';
import { METADATA_VERSION } from '../image/features-image.ts';
import type { MetadataImage } from '../image/metadata-image.ts';
import {
  isControllerRegistrationSupported,
  isCordonedLogDirsSupported,
  isDirectoryAssignmentSupported,
  registerBrokerRecordVersion,
} from '../metadata-version.ts';
import type { RecordDraft } from '../records.ts';
import { type ControlResult, controlResult } from './control-result.ts';
import { type ControllerState, checkBrokerEpoch, isElrEnabled } from './controller-state.ts';
import type { BrokerState, Heartbeats } from './heartbeats.ts';
import {
  hasLeaderships,
  leaderAndIsrUpdates,
  partitionsWithBroker,
  partitionsWithoutLeader,
} from './leadership-control.ts';

const FENCE = 1;
const UNFENCE = -1;
const IN_CONTROLLED_SHUTDOWN = 1;

/**
 * The answer is the broker's epoch: `newEpoch`, the offset of the next record, for a new incarnation.
 * Throws ApiError.
 */
export function registerBroker(
  state: ControllerState,
  heartbeats: Heartbeats,
  request: BrokerRegistrationRequest,
  nextOffset: number,
  nowMs: number,
): ControlResult<number> {
  const existing = state.image.cluster.brokers.get(request.brokerId);
  checkRegistration(state, heartbeats, request, existing, nowMs);
  const isSame = existing !== undefined && existing.incarnationId === request.incarnationId;
  const records: RecordDraft[] = [];
  if (!isSame) {
    const isClean = existing !== undefined && request.previousBrokerEpoch === existing.epoch;
    records.push(...shutdownRecords(state, request.brokerId, isClean));
  }
  const level = state.image.features.metadataVersion;
  const epoch = isSame ? existing.epoch : nextOffset + records.length;
  records.push({
    type: 'RegisterBrokerRecord',
    version: registerBrokerRecordVersion(level),
    message: {
      brokerId: request.brokerId,
      incarnationId: request.incarnationId,
      brokerEpoch: epoch,
      endPoints: request.listeners,
      features: request.features,
      rack: request.rack,
      fenced: isSame ? existing.fenced : true,
      inControlledShutdown: isSame ? existing.inControlledShutdown : false,
      ...(isDirectoryAssignmentSupported(level) ? { logDirs: request.logDirs } : {}),
    },
  });
  return controlResult(records, epoch);
}

function checkRegistration(
  state: ControllerState,
  heartbeats: Heartbeats,
  request: BrokerRegistrationRequest,
  existing: BrokerRegistration | undefined,
  nowMs: number,
): void {
  if (request.clusterId !== state.clusterId) {
    throw new ApiError(
      Errors.INCONSISTENT_CLUSTER_ID,
      `Expected cluster ID ${state.clusterId}, but got cluster ID ${request.clusterId}`,
    );
  }
  const isOther = existing !== undefined && existing.incarnationId !== request.incarnationId;
  if (isOther && heartbeats.hasValidSession(request.brokerId, existing.epoch, nowMs)) {
    throw new ApiError(
      Errors.DUPLICATE_BROKER_REGISTRATION,
      'Another broker is registered with that broker id. If the broker was recently restarted this ' +
        "should self-resolve once the heartbeat manager expires the broker's session.",
    );
  }
  if (request.isMigratingZkBroker) {
    throw new ApiError(
      Errors.BROKER_ID_NOT_REGISTERED,
      'Controller does not support registering ZK brokers.',
    );
  }
  if (isDirectoryAssignmentSupported(state.image.features.metadataVersion)) {
    checkDirectories(state.image, request);
  }
  checkFeatures(state.image, request);
}

function checkDirectories(image: MetadataImage, request: BrokerRegistrationRequest): void {
  const reserved = [DIRECTORY_MIGRATING, DIRECTORY_UNASSIGNED, DIRECTORY_LOST];
  const refuse = (sentence: string): never => {
    throw new ApiError(Errors.INVALID_REGISTRATION, sentence);
  };
  if (request.logDirs.length === 0) refuse('No directories specified in request');
  if (request.logDirs.some((id) => reserved.includes(id))) {
    refuse('Reserved directory ID in request');
  }
  if (new Set(request.logDirs).size !== request.logDirs.length) {
    refuse('Duplicate directory ID in request');
  }
  for (const broker of image.cluster.brokers.values()) {
    if (broker.id === request.brokerId) continue;
    const shared = request.logDirs.find((id) => broker.directories.includes(id));
    if (shared !== undefined) {
      refuse(`Broker ${broker.id} is already registered with directory ${shared}`);
    }
  }
}

/** Every finalized feature must lie in what the broker supports. */
function checkFeatures(image: MetadataImage, request: BrokerRegistrationRequest): void {
  const offered = new Map(request.features.map((feature) => [feature.name, feature]));
  if (!offered.has(METADATA_VERSION)) {
    throw new ApiError(
      Errors.INVALID_REGISTRATION,
      "Request features do not contain 'metadata.version'",
    );
  }
  for (const [name, level] of image.features.finalizedVersions) {
    const min = offered.get(name)?.minSupportedVersion ?? 0;
    const max = offered.get(name)?.maxSupportedVersion ?? 0;
    if (level >= min && level <= max) continue;
    throw new ApiError(
      Errors.UNSUPPORTED_VERSION,
      `Unable to register because the broker does not support finalized version ${level} of ${name}. ` +
        `The broker wants a version between ${min} and ${max}, inclusive.`,
    );
  }
}

/** What a new incarnation's predecessor leaves behind (ReplicationControlManager.handleBrokerShutdown). */
function shutdownRecords(
  state: ControllerState,
  brokerId: number,
  isClean: boolean,
): RecordDraft[] {
  const partitions = partitionsWithBroker(state.image, brokerId);
  const isUnclean = isElrEnabled(state.image) && !isClean;
  return leaderAndIsrUpdates(
    state,
    partitions,
    isUnclean ? { uncleanShutdown: brokerId } : { remove: brokerId },
  );
}

export interface HeartbeatAnswer {
  readonly isCaughtUp: boolean;
  readonly isFenced: boolean;
  readonly inControlledShutdown: boolean;
  readonly shouldShutDown: boolean;
}

/** Throws ApiError STALE_BROKER_EPOCH. */
export function processHeartbeat(
  state: ControllerState,
  heartbeats: Heartbeats,
  request: BrokerHeartbeatRequest,
): ControlResult<HeartbeatAnswer> {
  const { brokerId, brokerEpoch } = request;
  checkBrokerEpoch(state.image, brokerId, brokerEpoch);
  const broker = state.image.cluster.brokers.get(brokerId) as BrokerRegistration;
  const current = currentState(broker);
  const next = nextState(state, heartbeats, request, broker, current);
  const records: RecordDraft[] = [];
  if (next !== current) records.push(...transitionRecords(state, broker, next));
  records.push(...directoryRecords(state, request, broker));
  return controlResult(records, {
    isCaughtUp: request.currentMetadataOffset >= brokerEpoch,
    isFenced: next === 'fenced' || next === 'shutdown-now',
    inControlledShutdown: next === 'controlled-shutdown',
    shouldShutDown: next === 'shutdown-now',
  });
}

function currentState(broker: BrokerRegistration): BrokerState {
  if (broker.fenced) return 'fenced';
  return broker.inControlledShutdown ? 'controlled-shutdown' : 'unfenced';
}

/** BrokerHeartbeatManager.calculateNextBrokerState. */
function nextState(
  state: ControllerState,
  heartbeats: Heartbeats,
  request: BrokerHeartbeatRequest,
  broker: BrokerRegistration,
  current: BrokerState,
): BrokerState {
  const { wantShutDown, wantFence } = request;
  if (current === 'fenced') {
    if (wantShutDown) return 'shutdown-now';
    const isCaughtUp = request.currentMetadataOffset >= broker.epoch;
    return !wantFence && isCaughtUp ? 'unfenced' : 'fenced';
  }
  const leads = (): boolean => hasLeaderships(state.image, broker.id);
  if (current === 'unfenced') {
    if (wantFence) return wantShutDown ? 'shutdown-now' : 'fenced';
    if (!wantShutDown) return 'unfenced';
    return leads() ? 'controlled-shutdown' : 'shutdown-now';
  }
  if (leads()) return 'controlled-shutdown';
  const isSeenByAll =
    heartbeats.controlledShutdownOffset(broker.id) <= heartbeats.lowestActiveOffset();
  return isSeenByAll ? 'shutdown-now' : 'controlled-shutdown';
}

function transitionRecords(
  state: ControllerState,
  broker: BrokerRegistration,
  next: BrokerState,
): RecordDraft[] {
  switch (next) {
    case 'fenced':
    case 'shutdown-now':
      return broker.fenced ? [] : fenceRecords(state, broker.id);
    case 'unfenced':
      return [
        registrationChange(broker, 0, { fenced: UNFENCE }),
        ...leaderAndIsrUpdates(state, partitionsWithoutLeader(state.image), { add: broker.id }),
      ];
    case 'controlled-shutdown':
      return [
        registrationChange(broker, 1, { inControlledShutdown: IN_CONTROLLED_SHUTDOWN }),
        ...leaderAndIsrUpdates(state, inIsr(state.image, broker.id), { remove: broker.id }),
      ];
  }
}

/** The records that fence a broker: it leaves the ISRs first. */
export function fenceRecords(state: ControllerState, brokerId: number): RecordDraft[] {
  const broker = state.image.cluster.brokers.get(brokerId);
  if (broker === undefined || broker.fenced) return [];
  return [
    ...leaderAndIsrUpdates(state, inIsr(state.image, brokerId), { remove: brokerId }),
    registrationChange(broker, 0, { fenced: FENCE }),
  ];
}

const inIsr = (image: MetadataImage, brokerId: number) =>
  partitionsWithBroker(image, brokerId).filter(({ partition }) => partition.isr.includes(brokerId));

function registrationChange(
  broker: BrokerRegistration,
  version: number,
  change: { fenced?: number; inControlledShutdown?: number; logDirs?: readonly string[] },
): RecordDraft {
  return {
    type: 'BrokerRegistrationChangeRecord',
    version,
    message: { brokerId: broker.id, brokerEpoch: broker.epoch, ...change },
  };
}

/** Directories that went offline, and the cordoned ones as the broker has them now (KIP-1066). */
function directoryRecords(
  state: ControllerState,
  request: BrokerHeartbeatRequest,
  broker: BrokerRegistration,
): RecordDraft[] {
  const level = state.image.features.metadataVersion;
  const records: RecordDraft[] = [];
  const isLost = (id: string): boolean => request.offlineLogDirs.includes(id);
  if (isDirectoryAssignmentSupported(level) && broker.directories.some(isLost)) {
    const lost = inIsr(state.image, broker.id).filter(({ partition }) =>
      isLost(partition.directories[partition.replicas.indexOf(broker.id)] ?? ''),
    );
    records.push(...leaderAndIsrUpdates(state, lost, { remove: broker.id }));
    const logDirs = broker.directories.filter((id) => !isLost(id));
    records.push(registrationChange(broker, 2, { logDirs }));
  }
  const cordoned = request.cordonedLogDirs;
  if (isCordonedLogDirsSupported(level) && cordoned !== null && differs(broker, cordoned)) {
    records.push({
      type: 'BrokerRegistrationChangeRecord',
      version: 3,
      message: { brokerId: broker.id, brokerEpoch: broker.epoch, cordonedLogDirs: cordoned },
    });
  }
  return records;
}

function differs(broker: BrokerRegistration, cordoned: readonly string[]): boolean {
  const known = broker.cordonedDirectories;
  if (known === null) return true;
  return known.length !== cordoned.length || cordoned.some((id) => !known.includes(id));
}

/** Throws ApiError BROKER_ID_NOT_REGISTERED. */
export function unregisterBroker(state: ControllerState, brokerId: number): RecordDraft[] {
  const broker = state.image.cluster.brokers.get(brokerId);
  if (broker === undefined) {
    throw new ApiError(
      Errors.BROKER_ID_NOT_REGISTERED,
      `Broker ID ${brokerId} is not currently registered`,
    );
  }
  return [
    ...leaderAndIsrUpdates(state, partitionsWithBroker(state.image, brokerId), {
      remove: brokerId,
    }),
    {
      type: 'UnregisterBrokerRecord',
      version: 0,
      message: { brokerId, brokerEpoch: broker.epoch },
    },
  ];
}

/** Throws ApiError UNSUPPORTED_VERSION. */
export function registerController(
  image: MetadataImage,
  request: ControllerRegistrationRequest,
): RecordDraft[] {
  if (!isControllerRegistrationSupported(image.features.metadataVersion)) {
    throw new ApiError(
      Errors.UNSUPPORTED_VERSION,
      'The current MetadataVersion is too old to support controller registrations.',
    );
  }
  return [
    {
      type: 'RegisterControllerRecord',
      version: 0,
      message: {
        controllerId: request.controllerId,
        incarnationId: request.incarnationId,
        zkMigrationReady: request.zkMigrationReady,
        endPoints: request.listeners,
        features: request.features,
      },
    },
  ];
}
