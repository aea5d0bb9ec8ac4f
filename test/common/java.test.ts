// String.split as Kafka's tools use it on lists.

import { expect, test } from 'vitest';
import { javaSplit } from '../../src/common/java.ts';

test.each([
  ['a,b', ['a', 'b']],
  ['a,,b', ['a', '', 'b']],
  [',a', ['', 'a']],
  ['a,,', ['a']],
  ['', ['']],
  [',,', []],
])('%j is split into %j', (text, pieces) => {
  expect(javaSplit(text, ',')).toEqual(pieces);
});
