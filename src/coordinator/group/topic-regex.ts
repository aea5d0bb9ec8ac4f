// Regular expressions of subscriptions (KIP-848): RE2's syntax, matched in linear time whatever a client sends, as in
// Kafka. The engine is loaded with the first subscription that needs it: most brokers never see one.

import type { RE2JS } from 're2js';
import { ApiError, Errors } from '../../protocol/errors.ts';

let engine: typeof RE2JS | undefined;

/** To be awaited before a request with an expression is handed to a shard. */
export async function loadRegexEngine(): Promise<void> {
  if (engine === undefined) engine = (await import('re2js')).RE2JS;
}

export function isRegexEngineLoaded(): boolean {
  return engine !== undefined;
}

/** The names that match as a whole. Throws INVALID_REGULAR_EXPRESSION. */
export function topicsMatching(expression: string, names: Iterable<string>): string[] {
  const pattern = compile(expression);
  const matching: string[] = [];
  for (const name of names) if (pattern.matches(name)) matching.push(name);
  return matching;
}

function compile(expression: string): RE2JS {
  try {
    return engine!.compile(expression);
  } catch (error) {
    const { getDescription } = error as { getDescription?: () => string };
    const reason = getDescription?.call(error) ?? (error as Error).message;
    throw new ApiError(
      Errors.INVALID_REGULAR_EXPRESSION,
      `SubscribedTopicRegex \`${expression}\` is not a valid regular expression: ${reason}.`,
    );
  }
}
