// What the console consumers have in common: batches from a consumer to a printer until enough, too late, told to stop, or
// nobody reads. Knows nothing of offsets or acknowledgements: those are its printer's.

import type { ToolContext } from '../../flags/tool-context.ts';
import { describeChain, messageOf } from '../support/java-error.ts';
import { logLine } from '../support/log-line.ts';

/** One wait of a poll that has no time-out: timers don't reach further than 24 days. */
const LONGEST_POLL_MS = 3_600_000;
/** For the consumer to commit and leave after a signal: less than a signalled run has until its end. */
const STOPPED_CLOSE_MS = 12_000;

export type EndReason = 'enough' | 'timeout' | 'stopped' | 'failed' | 'closed';

export interface BatchSource<B> {
  poll(timeoutMs: number): Promise<readonly B[]>;
  /** Makes a poll that waits return. */
  wakeup(): void;
}

export interface BatchPrinter<B> {
  readonly hasEnough: boolean;
  /** Throws what ends the run. */
  print(batch: B): EndReason | undefined;
  /** Won't be printed any more. */
  giveBack(batch: B): void;
}

export interface RecordLoopOptions<B> {
  readonly context: ToolContext;
  readonly source: BatchSource<B>;
  readonly printer: BatchPrinter<B>;
  /** Whether stdout must have taken everything before the next poll. */
  readonly deliversBeforePoll: boolean;
  /** Without a record for so long it ends; Infinity: never. */
  readonly timeoutMs: number;
  /** Kafka's logger of what ended it. */
  readonly logger: string;
}

/** What a consumer's close may take: as long as Kafka's, but for a signalled run. */
export function closeTimeoutMs({ signal }: ToolContext): number | undefined {
  return signal.aborted ? STOPPED_CLOSE_MS : undefined;
}

export class RecordLoop<B> {
  readonly #options: RecordLoopOptions<B>;
  #stop = () => {};
  /** Resolves when the run is told to stop: a reader that takes nothing mustn't hold it up. */
  readonly #stopping = new Promise<void>((resolve) => {
    this.#stop = resolve;
  });

  constructor(options: RecordLoopOptions<B>) {
    this.#options = options;
  }

  /** Rejects with what the printer throws; failures of the consumer are told, then it ends. */
  async run(): Promise<EndReason> {
    const { context, source, printer } = this.#options;
    const wake = () => {
      source.wakeup();
      this.#stop();
    };
    context.signal.addEventListener('abort', wake, { once: true });
    try {
      while (!printer.hasEnough) {
        const batches = await this.#receive();
        if (typeof batches === 'string') return batches;
        const end = await this.#printAll(batches);
        if (end !== undefined) return end;
      }
      return 'enough';
    } finally {
      context.signal.removeEventListener('abort', wake);
    }
  }

  /** Tells why it ends. */
  failed(error: unknown): EndReason {
    const { context } = this.#options;
    if (context.manner === 'modern') context.err(messageOf(error));
    else this.#tellEnd(describeChain(error));
    return 'failed';
  }

  /** ConsumerWrapper.receive. */
  async #receive(): Promise<readonly B[] | EndReason> {
    const { context, source, timeoutMs, deliversBeforePoll } = this.#options;
    const { clock } = context.io;
    const { signal } = context;
    if (deliversBeforePoll) await Promise.race([context.out.flush(), this.#stopping]);
    const deadlineMs = clock.monotonicMs() + timeoutMs;
    try {
      for (;;) {
        if (signal.aborted) return this.#stopped();
        const leftMs = Math.max(0, deadlineMs - clock.monotonicMs());
        const batches = await source.poll(Math.min(leftMs, LONGEST_POLL_MS));
        if (batches.length > 0) return batches;
        if (signal.aborted) return this.#stopped();
        if (clock.monotonicMs() >= deadlineMs) return this.#timedOut();
      }
    } catch (error) {
      return this.failed(error);
    }
  }

  async #printAll(batches: readonly B[]): Promise<EndReason | undefined> {
    const { context, printer } = this.#options;
    const { out, signal } = context;
    let read = 0;
    try {
      while (read < batches.length && !printer.hasEnough && !signal.aborted) {
        const end = printer.print(batches[read++]!);
        if (end !== undefined) return end;
        if (!out.hasRoom) await Promise.race([out.ready(), this.#stopping]);
        if (out.isClosed) return this.#closed();
      }
      return signal.aborted ? this.#stopped() : undefined;
    } finally {
      for (const batch of batches.slice(read)) printer.giveBack(batch);
    }
  }

  #stopped(): EndReason {
    return this.#options.context.out.isClosed ? this.#closed() : 'stopped';
  }

  #closed(): EndReason {
    this.#options.context.err('Unable to write to standard out, closing consumer.');
    return 'closed';
  }

  #timedOut(): EndReason {
    if (this.#options.context.manner === 'exact') {
      this.#tellEnd('org.apache.kafka.common.errors.TimeoutException');
    }
    return 'timeout';
  }

  #tellEnd(why: string): void {
    const { context, logger } = this.#options;
    const what = 'Error processing message, terminating consumer process: ';
    logLine(context, 'ERROR', what, logger, why);
  }
}
