// A cleaning as its owner sees it: map, then group by group, in this thread by small slices, or in a thread of its own.
// The messages between the two threads are here too.

import type { Clock, Io, WorkerChannel } from '../../io/io.ts';
import {
  Cleaning,
  type CleaningOptions,
  type GroupRequest,
  type MapRequest,
  type MapResult,
} from './cleaning.ts';
import { LoopWatch } from './loop-watch.ts';
import { CleaningAbortedError, type Pace, PacedRun } from './pace.ts';
import { errorOf, type PlainError } from './plain-error.ts';

export interface CleaningRun {
  buildMap(request: MapRequest): Promise<MapResult>;
  cleanGroup(request: GroupRequest): Promise<void>;
  /** What is in progress rejects; nothing is written any more once this resolves. Idempotent. */
  close(): Promise<void>;
}

export type WorkerCommand =
  | { readonly kind: 'begin'; readonly options: CleaningOptions; readonly pace: Pace }
  | { readonly kind: 'give-way'; readonly isAsked: boolean }
  | { readonly kind: 'map'; readonly request: MapRequest }
  | { readonly kind: 'group'; readonly request: GroupRequest };

export type WorkerAnswer =
  | { readonly kind: 'done'; readonly result: MapResult | undefined }
  | { readonly kind: 'failed'; readonly error: PlainError };

/** In this thread: for little to do, and where there are no others. */
export class LocalRun implements CleaningRun {
  readonly #cleaning: Cleaning;
  readonly #paced: PacedRun;
  #running: Promise<unknown> = Promise.resolve();

  constructor(io: Io, options: CleaningOptions, pace: Pace) {
    this.#cleaning = new Cleaning(io.disk, options);
    this.#paced = new PacedRun(io.clock, pace);
  }

  buildMap(request: MapRequest): Promise<MapResult> {
    return this.#run(this.#paced.run(this.#cleaning.buildMap(request)));
  }

  cleanGroup(request: GroupRequest): Promise<void> {
    return this.#run(this.#paced.run(this.#cleaning.cleanGroup(request)));
  }

  /** Leaves most of the processor to others, until told otherwise. */
  giveWay(isAsked: boolean): void {
    this.#paced.giveWay(isAsked);
  }

  #run<T>(running: Promise<T>): Promise<T> {
    this.#running = running.catch(() => {});
    return running;
  }

  async close(): Promise<void> {
    this.#paced.abort();
    await this.#running;
  }
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
}

/** In a thread of its own, which gives way while the loop of this one is busy. */
export class WorkerRun implements CleaningRun {
  readonly #channel: WorkerChannel;
  #waiting: Waiting | undefined;
  readonly #watch: LoopWatch;
  #closed = false;

  constructor(clock: Clock, channel: WorkerChannel, options: CleaningOptions, pace: Pace) {
    this.#channel = channel;
    channel.onMessage((message) => this.#answered(message as WorkerAnswer));
    channel.onFailure((error) => this.#settle((waiting) => waiting.reject(error)));
    this.#post({ kind: 'begin', options, pace });
    this.#watch = new LoopWatch(clock, (isAsked) => this.#post({ kind: 'give-way', isAsked }));
  }

  buildMap(request: MapRequest): Promise<MapResult> {
    return this.#ask({ kind: 'map', request });
  }

  cleanGroup(request: GroupRequest): Promise<void> {
    return this.#ask({ kind: 'group', request });
  }

  #ask<T>(command: WorkerCommand): Promise<T> {
    if (this.#closed) return Promise.reject(new CleaningAbortedError());
    return new Promise<T>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#post(command);
    });
  }

  #post(command: WorkerCommand): void {
    this.#channel.post(command);
  }

  #answered(answer: WorkerAnswer): void {
    this.#settle((waiting) => {
      if (answer.kind === 'done') waiting.resolve(answer.result as never);
      else waiting.reject(errorOf(answer.error));
    });
  }

  #settle(how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#watch.stop();
    await this.#channel.stop();
    this.#settle((waiting) => waiting.reject(new CleaningAbortedError()));
  }
}
