// What is wrong with a regular expression, in the words of RE2/J, which Kafka 4.3 uses; ours are RE2JS's.
// It never sees the expression itself.

/** RE2/J has no words of its own for a parenthesis that closes nothing. */
const UNEXPECTED_PAREN = 'unexpected )';
const INTERNAL_ERROR = 'regexp/syntax: internal error';

/** `error` is what compiling threw. */
export function re2Problem(error: unknown): string {
  const { getDescription } = error as { getDescription?: () => string };
  const problem = getDescription?.call(error) ?? (error as Error).message;
  return problem === UNEXPECTED_PAREN ? INTERNAL_ERROR : problem;
}
