// Regular expressions that clients send (KIP-848, KIP-1152): RE2's syntax, matched in linear time whatever they are, as in
// Kafka. The engine is loaded with the first one: most brokers never see any.

import type { RE2JS } from 're2js';
import { re2Problem } from '../common/re2-problem.ts';
import { ApiError, Errors } from '../protocol/errors.ts';

let engine: typeof RE2JS | undefined;

/** To be awaited before compileRe2. */
export async function loadRegexEngine(): Promise<void> {
  if (engine === undefined) engine = (await import('re2js')).RE2JS;
}

export function isRegexEngineLoaded(): boolean {
  return engine !== undefined;
}

/** `what` begins the message. Throws INVALID_REGULAR_EXPRESSION. */
export function compileRe2(expression: string, what: string): RE2JS {
  try {
    return engine!.compile(expression);
  } catch (error) {
    throw new ApiError(
      Errors.INVALID_REGULAR_EXPRESSION,
      `${what} \`${expression}\` is not a valid regular expression: ${re2Problem(error)}.`,
    );
  }
}
