// The two ways to a cluster that Kafka's tools for the quorum have: its brokers or its controllers.

import type { ExclusiveGroup, OptionSpec } from '../option-table.ts';

export const CONNECTION = 'connection';

export const CONNECTION_GROUP: ExclusiveGroup = {
  name: CONNECTION,
  description: '',
  required: true,
};

export interface ConnectionTexts {
  readonly server: string;
  readonly controller: string;
  readonly aliases?: boolean;
}

export function connectionOptions(texts: ConnectionTexts): readonly OptionSpec[] {
  return [
    {
      name: 'bootstrap-server',
      ...(texts.aliases === true ? { aliases: ['b'] } : {}),
      description: texts.server,
      argument: {},
      excludes: CONNECTION,
    },
    {
      name: 'bootstrap-controller',
      ...(texts.aliases === true ? { aliases: ['C'] } : {}),
      description: texts.controller,
      argument: {},
      excludes: CONNECTION,
    },
  ];
}
