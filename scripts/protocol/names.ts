// How the schemas' names become names of files, constants and fields.

/** DescribeTopicPartitionsRequest → describe-topic-partitions-request. */
export function fileName(schemaName: string): string {
  return schemaName
    .replace(/^KRaft/, 'Kraft')
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase();
}

export function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** A local variable for a field; reserved words get a trailing underscore. */
export function localName(field: string): string {
  const name = lowerFirst(field);
  return RESERVED.has(name) ? `${name}_` : name;
}

const RESERVED = new Set([
  'r',
  'v',
  'w',
  'm',
  'tags',
  'tag',
  'end',
  'default',
  'new',
  'delete',
  'class',
  'function',
]);
