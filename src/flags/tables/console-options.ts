// What kafka-console-consumer.sh and kafka-console-share-consumer.sh have in common.

import type { OptionSpec } from '../option-table.ts';

export const CONSUMER_CONFIG_FILE: OptionSpec = {
  name: 'command-config',
  description:
    'Consumer config properties file. Note that [command-property] takes precedence over ' +
    'this config.',
  argument: { type: 'String', name: 'config file', completes: 'file' },
};

export const CONSUMER_PROPERTY: OptionSpec = {
  name: 'command-property',
  description: 'Consumer config properties in the form key=value.',
  argument: { type: 'String', name: 'consumer_prop' },
};

export const FORMATTER_CONFIG_FILE: OptionSpec = {
  name: 'formatter-config',
  description:
    'Config properties file to initialize the message formatter. Note that ' +
    '[formatter-property] takes precedence over this config.',
  argument: { type: 'String', name: 'config file', completes: 'file' },
};

export const TOPIC_TO_CONSUME: OptionSpec = {
  name: 'topic',
  description: 'The topic to consume from.',
  argument: { type: 'String', name: 'topic', completes: 'topic' },
};

export const INCLUDED_TOPICS: OptionSpec = {
  name: 'include',
  description: 'Regular expression specifying list of topics to include for consumption.',
  argument: { type: 'String', name: 'Java regex (String)' },
};

export const KEY_DESERIALIZER: OptionSpec = {
  name: 'key-deserializer',
  description: 'The name of the class to use for deserializing keys.',
  argument: { type: 'String', name: 'deserializer for keys' },
};

export const VALUE_DESERIALIZER: OptionSpec = {
  name: 'value-deserializer',
  description: 'The name of the class to use for deserializing values.',
  argument: { type: 'String', name: 'deserializer for values' },
};

export const MAX_MESSAGES: OptionSpec = {
  name: 'max-messages',
  description:
    'The maximum number of messages to consume before exiting. If not set, consumption ' +
    'is continual.',
  argument: { type: 'Integer', name: 'num_messages' },
};

/** The text of --formatter-property, and of its older name --property. `more`: what prints besides the usual. */
export function formatterProperties(...more: readonly string[]): string {
  const printed = ['timestamp', 'key', 'offset', ...more, 'epoch', 'partition', 'headers', 'value'];
  return (
    'The properties to initialize the message formatter. Default properties include: \n' +
    printed.map((name) => ` print.${name}=true|false\n`).join('') +
    ' key.separator=<key.separator>\n' +
    ' line.separator=<line.separator>\n' +
    ' headers.separator=<headers.separator>\n' +
    ' null.literal=<null.literal>\n' +
    ' key.deserializer=<key.deserializer>\n' +
    ' value.deserializer=<value.deserializer>\n' +
    ' header.deserializer=<header.deserializer>\n' +
    '\n' +
    'Users can also pass in customized properties for their formatter; more specifically, users can pass in properties ' +
    "keyed with 'key.deserializer.', 'value.deserializer.' and 'headers.deserializer.' prefixes to configure their " +
    'deserializers.'
  );
}
