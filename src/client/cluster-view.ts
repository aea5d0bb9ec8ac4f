// What metadata says of a cluster: its nodes and controller. Immutable; a refresh makes a new one.

import type { MetadataResponse } from '../protocol/generated/apis/metadata-response.ts';
import type { Node } from './types.ts';

export interface ClusterView {
  /** '' from brokers that don't tell. */
  readonly clusterId: string;
  /** undefined when there is none. */
  readonly controller: Node | undefined;
  readonly nodes: ReadonlyMap<number, Node>;
}

export function clusterView(response: MetadataResponse): ClusterView {
  const nodes = new Map<number, Node>();
  for (const { nodeId, host, port, rack } of response.brokers) {
    nodes.set(nodeId, { id: nodeId, host, port, rack });
  }
  return {
    clusterId: response.clusterId ?? '',
    controller: nodes.get(response.controllerId),
    nodes,
  };
}

/** A node that metadata doesn't know (any more) has an id and no address, as in Java. */
export function nodeOrUnknown(view: ClusterView, id: number): Node {
  return view.nodes.get(id) ?? { id, host: '', port: -1, rack: null };
}
