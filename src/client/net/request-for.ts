// A request, or a function that makes it for the version that was agreed on.

import type { Draft } from '../../protocol/message.ts';

export type RequestFor<Q> = Draft<Q> | ((version: number) => Draft<Q>);

export function makeRequest<Q>(request: RequestFor<Q>, version: number): Draft<Q> {
  return isMaker(request) ? request(version) : request;
}

function isMaker<Q>(request: RequestFor<Q>): request is (version: number) => Draft<Q> {
  return typeof request === 'function';
}
