// Regular expressions of subscriptions (KIP-848).

import { compileRe2 } from '../re2.ts';

/** The names that match as a whole. The engine must be loaded. Throws INVALID_REGULAR_EXPRESSION. */
export function topicsMatching(expression: string, names: Iterable<string>): string[] {
  const pattern = compileRe2(expression, 'SubscribedTopicRegex');
  const matching: string[] = [];
  for (const name of names) if (pattern.matches(name)) matching.push(name);
  return matching;
}
