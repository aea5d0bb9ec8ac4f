// The registered brokers and controllers (ClusterImage, ClusterDelta, BrokerRegistration, ControllerRegistration).
// Immutable; a delta collects replayed records and makes the next image. Heartbeats are no part of it: they aren't
// recorded.
import { assert } from '../../common/assert.ts';
import { LayeredMap } from '../../common/layered-map.ts';
import {
  compareUuids,
  DIRECTORY_LOST,
  DIRECTORY_MIGRATING,
  DIRECTORY_UNASSIGNED,
} from '../../common/uuid.ts';
import type { BrokerRegistrationChangeRecord } from '../../protocol/generated/metadata/broker-registration-change-record.ts';
import type { RegisterBrokerRecord } from '../../protocol/generated/metadata/register-broker-record.ts';
import type { RegisterControllerRecord } from '../../protocol/generated/metadata/register-controller-record.ts';

export interface Endpoint {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Kafka's SecurityProtocol id: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL. */
  readonly securityProtocol: number;
}

export interface SupportedFeature {
  readonly name: string;
  readonly minSupportedVersion: number;
  readonly maxSupportedVersion: number;
}

export interface BrokerRegistration {
  readonly id: number;
  /** The offset of the registration's record. */
  readonly epoch: number;
  readonly incarnationId: string;
  readonly listeners: readonly Endpoint[];
  readonly supportedFeatures: readonly SupportedFeature[];
  readonly rack: string | null;
  readonly fenced: boolean;
  readonly inControlledShutdown: boolean;
  readonly isMigratingZkBroker: boolean;
  /** Directory ids of its log.dirs, in Kafka's order. */
  readonly directories: readonly string[];
  readonly cordonedDirectories: readonly string[] | null;
}

export interface ControllerRegistration {
  readonly id: number;
  readonly incarnationId: string;
  readonly zkMigrationReady: boolean;
  readonly listeners: readonly Endpoint[];
  readonly supportedFeatures: readonly SupportedFeature[];
}

export class ClusterImage {
  static readonly EMPTY = new ClusterImage(new Map(), new Map());

  readonly brokers: ReadonlyMap<number, BrokerRegistration>;
  readonly controllers: ReadonlyMap<number, ControllerRegistration>;

  constructor(
    brokers: ReadonlyMap<number, BrokerRegistration>,
    controllers: ReadonlyMap<number, ControllerRegistration>,
  ) {
    this.brokers = brokers;
    this.controllers = controllers;
  }

  /** Registered, not fenced: it serves clients. */
  isUnfenced(brokerId: number): boolean {
    return this.brokers.get(brokerId)?.fenced === false;
  }

  /** Not fenced and not about to leave: it may lead and be in an ISR. */
  isActive(brokerId: number): boolean {
    const broker = this.brokers.get(brokerId);
    return broker !== undefined && !broker.fenced && !broker.inControlledShutdown;
  }

  /** Whether the broker has this directory, as far as is known (DirectoryId.isOnline, KIP-858). */
  isDirectoryOnline(brokerId: number, directory: string): boolean {
    if (directory === DIRECTORY_UNASSIGNED || directory === DIRECTORY_MIGRATING) return true;
    if (directory === DIRECTORY_LOST) return false;
    const known = this.brokers.get(brokerId)?.directories ?? [];
    // A registration from before KIP-858 names none.
    return known.length === 0 || known.includes(directory);
  }

  brokerEpoch(brokerId: number): number {
    return this.brokers.get(brokerId)?.epoch ?? -1;
  }
}

export class ClusterDelta {
  readonly image: ClusterImage;
  /** Broker id → its new registration; undefined where it was unregistered. */
  readonly changedBrokers = new Map<number, BrokerRegistration | undefined>();
  readonly changedControllers = new Map<number, ControllerRegistration | undefined>();

  constructor(image: ClusterImage) {
    this.image = image;
  }

  broker(id: number): BrokerRegistration | undefined {
    return this.changedBrokers.has(id) ? this.changedBrokers.get(id) : this.image.brokers.get(id);
  }

  replayRegisterBroker(record: RegisterBrokerRecord): void {
    this.changedBrokers.set(record.brokerId, brokerRegistrationOf(record));
  }

  replayUnregisterBroker(brokerId: number): void {
    this.changedBrokers.set(brokerId, undefined);
  }

  replayFence(brokerId: number, epoch: number, fenced: boolean): void {
    const broker = this.#existing(brokerId, epoch);
    this.changedBrokers.set(brokerId, { ...broker, fenced });
  }

  replayBrokerRegistrationChange(record: BrokerRegistrationChangeRecord): void {
    const broker = this.#existing(record.brokerId, record.brokerEpoch);
    this.changedBrokers.set(record.brokerId, {
      ...broker,
      fenced: record.fenced === 0 ? broker.fenced : record.fenced > 0,
      inControlledShutdown: record.inControlledShutdown > 0 || broker.inControlledShutdown,
      directories:
        record.logDirs.length > 0 ? [...record.logDirs].sort(compareUuids) : broker.directories,
      cordonedDirectories: record.cordonedLogDirs ?? broker.cordonedDirectories,
    });
  }

  replayRegisterController(record: RegisterControllerRecord): void {
    this.changedControllers.set(record.controllerId, {
      id: record.controllerId,
      incarnationId: record.incarnationId,
      zkMigrationReady: record.zkMigrationReady,
      listeners: record.endPoints,
      supportedFeatures: record.features,
    });
  }

  apply(): ClusterImage {
    return new ClusterImage(
      LayeredMap.with(this.image.brokers, this.changedBrokers),
      LayeredMap.with(this.image.controllers, this.changedControllers),
    );
  }

  #existing(brokerId: number, epoch: number): BrokerRegistration {
    const broker = this.broker(brokerId);
    assert(broker !== undefined, `a record changes broker ${brokerId}, which isn't registered`);
    assert(
      broker.epoch === epoch,
      `a record changes broker ${brokerId} at epoch ${epoch}, but its epoch is ${broker.epoch}`,
    );
    return broker;
  }
}

function brokerRegistrationOf(record: RegisterBrokerRecord): BrokerRegistration {
  return {
    id: record.brokerId,
    epoch: record.brokerEpoch,
    incarnationId: record.incarnationId,
    listeners: record.endPoints,
    supportedFeatures: record.features,
    rack: record.rack,
    fenced: record.fenced,
    inControlledShutdown: record.inControlledShutdown,
    isMigratingZkBroker: record.isMigratingZkBroker,
    directories: [...record.logDirs].sort(compareUuids),
    cordonedDirectories: record.cordonedLogDirs,
  };
}
