// A world for simulations: virtual time, one storage, one network, chance from one seed. What fails, fails again with
// the same seed. Each process() is an Io of its own over them; kill one, and mount the storage in the next.
//
//   const world = new VirtualWorld(42);
//   const first = world.process();
//   first.disk.crashAt(17, 0.5);                 // dies in its 18th change to the disk, half way through a write
//   await world.scheduler.run(() => work(first.io)).catch(ignoreCrash);
//   world.restart('power');                      // or 'process': the page cache survives
//   const second = world.process();

import type { Clock, Io } from '../../src/io/io.ts';
import { Scheduler } from './scheduler.ts';
import { CrashError, type PendingChange, VirtualDisk } from './virtual-disk.ts';
import { type Guard, VirtualNetwork } from './virtual-network.ts';
import { VirtualRandom } from './virtual-random.ts';
import { VirtualStorage } from './virtual-storage.ts';

/** 2026-01-01, where virtual wall time begins. */
const WALL_START_MS = 1_767_225_600_000;

export interface VirtualProcess {
  readonly io: Io;
  readonly disk: VirtualDisk;
}

export class VirtualWorld {
  readonly seed: number;
  readonly scheduler = new Scheduler();
  readonly random: VirtualRandom;
  readonly storage: VirtualStorage;
  readonly network: VirtualNetwork;
  readonly #processes: VirtualProcess[] = [];

  constructor(seed: number, storage = new VirtualStorage(new VirtualRandom(seed + 1))) {
    this.seed = seed;
    this.random = new VirtualRandom(seed);
    this.storage = storage;
    this.network = new VirtualNetwork(this.scheduler, new VirtualRandom(seed + 2));
  }

  /** A new process over the same storage and network. */
  process(): VirtualProcess {
    const disk = new VirtualDisk(this.storage, this.scheduler, WALL_START_MS);
    const guard = guardOf(disk);
    const network = this.network.endpoint(guard);
    disk.onDeath = () => network.die();
    const clock = guardedClock(this.scheduler, guard);
    const process = { io: { clock, disk, network, random: this.random }, disk };
    this.#processes.push(process);
    return process;
  }

  /**
   * Another world with the storage as a process leaves it that dies in the change, which is carried out up to that part of
   * its bytes if it is a write. It costs what has changed since, not what the disk holds.
   */
  forkAt(change: PendingChange, part: number): VirtualWorld {
    const seed = this.seed * 1_000_003 + change.number * 4;
    const { storage, fileOf } = this.storage.fork(new VirtualRandom(seed + 3));
    if (change.write !== undefined) {
      const { file, bytes, position } = change.write;
      fileOf(file).write(bytes.subarray(0, Math.floor(bytes.length * part)), position);
    }
    const world = new VirtualWorld(seed, storage);
    world.scheduler.nowMs = this.scheduler.nowMs;
    return world;
  }

  /** All processes die, if they haven't yet; with 'power' the storage loses what wasn't flushed. */
  restart(how: 'process' | 'power'): void {
    for (const process of this.#processes.splice(0)) process.disk.kill();
    if (how === 'power') this.storage.losePower();
  }
}

/** Callbacks of a dead process don't run; the one that it dies in ends there, and the world goes on. */
function guardOf(disk: VirtualDisk): Guard {
  return (callback) => {
    if (disk.isDead) return;
    try {
      callback();
    } catch (error) {
      if (!(error instanceof CrashError)) throw error;
    }
  };
}

function guardedClock(scheduler: Scheduler, guard: Guard): Clock {
  return {
    nowMs: () => WALL_START_MS + Math.floor(scheduler.nowMs),
    monotonicMs: () => scheduler.nowMs,
    setTimer: (delayMs, callback) => scheduler.schedule(delayMs, () => guard(callback)),
    defer: (callback) => {
      scheduler.schedule(0, () => guard(callback));
    },
  };
}

/** For the `catch` of a run that is meant to crash: rethrows everything else. */
export function ignoreCrash(error: unknown): void {
  if (!(error instanceof CrashError)) throw error;
}
