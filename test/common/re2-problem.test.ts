// What RE2/J says of expressions that RE2JS refuses.

import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { re2Problem } from '../../src/common/re2-problem.ts';

test.each([
  [')', 'regexp/syntax: internal error'],
  ['a|b)', 'regexp/syntax: internal error'],
  ['(a', 'missing closing )'],
  ['a**', 'invalid nested repetition operator'],
])('%j: %s', (expression, problem) => {
  let thrown: unknown;
  try {
    RE2JS.compile(expression);
  } catch (error) {
    thrown = error;
  }
  expect(re2Problem(thrown)).toBe(problem);
});
