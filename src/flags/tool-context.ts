// What a tool is given to work with, whichever way it was called. A tool writes results to `out`, everything Kafka's
// script says besides with notice(), failures with error(); the manner decides where these go.
// It never touches process.stdout, process.exit or the environment.

import type { Io } from '../io/io.ts';
import type { ByteSource } from '../io/stdio.ts';
import type { Output } from '../output/output.ts';

/** 'exact': Kafka's bytes and exit codes (launchers). 'modern': stdout for results alone, honest exit codes. */
export type Manner = 'exact' | 'modern';

export interface ToolContext {
  readonly io: Io;
  readonly manner: Manner;
  /** `kafta` and the legacy launchers: removed options are taken, and a broker is found without --bootstrap-server. */
  readonly isLenient: boolean;
  readonly out: Output;
  /** One line (or several) on stderr, in either manner: logs, stack traces, progress. */
  err(text: string): void;
  /** What Kafka's script prints on stdout though it isn't a result (deprecations, warnings, errors): exact → stdout, modern → stderr. */
  notice(text: string): void;
  /** That an option is on its way out: as notice, but never on stdout where scripts of older Kafkas run, who knew no such line. */
  deprecation(text: string): void;
  readonly stdin: ByteSource;
  /**
   * The broker to talk to: `explicit` (--bootstrap-server) › KAFTA_BOOTSTRAP_SERVER › context › embedded, started when needed.
   * Rejects with an Error whose message is the one line to show. Only lenient callers may leave `explicit` out.
   */
  bootstrap(explicit: string | undefined): Promise<string>;
  /** Aborted by Ctrl-C, SIGTERM, SIGHUP and a closed stdout: leave groups, commit, return. A second Ctrl-C ends the process. */
  readonly signal: AbortSignal;
  /** Asks on the terminal; false when there is none or with --no-input. */
  confirm(question: string): Promise<boolean>;
}
