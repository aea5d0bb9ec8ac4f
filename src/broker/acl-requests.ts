// What Kafka refuses in ACL requests before anybody reads them: elements that are 0, the UNKNOWN of every ACL enumeration.
// It answers nothing: Kafka's parser throws, and the connection is closed.

import { CloseConnectionError } from './request-context.ts';

const UNKNOWN = 0;

/** Takes resource type, pattern type, operation and permission type of one entry. Throws CloseConnectionError. */
export function refuseUnknownElements(...elements: readonly number[]): void {
  if (!elements.includes(UNKNOWN)) return;
  throw new CloseConnectionError('an ACL request contains UNKNOWN elements');
}
