// Emits what JSON forms of records need beyond their codecs: in which versions a field is shown, and which tagged
// fields are left out at their defaults (what Kafka's generated JsonConverters know). Requests and responses have none.

import { HEADER } from './emit-module.ts';
import { quote } from './fields.ts';
import { lowerFirst } from './names.ts';
import { elementType, type Field, isArray, isBytes, isStruct, type Message } from './schema.ts';
import { parseRange } from './versions.ts';

export function emitJsonForms(messages: readonly Message[]): string {
  const lines = [
    HEADER,
    '',
    "import type { JsonForms } from '../json-form.ts';",
    '',
    '/** By message; absent: every version shows every field. */',
    'export const JSON_FORMS: Readonly<Record<string, JsonForms>> = {',
  ];
  for (const message of messages) {
    const { type, name } = message.schema;
    if (type === 'request' || type === 'response' || type === 'header') continue;
    const forms = structForms(message, message.schema.fields);
    if (forms !== '{}') lines.push(`  ${name}: ${forms},`);
  }
  lines.push('};', '');
  return lines.join('\n');
}

function structForms(message: Message, fields: readonly Field[]): string {
  const parts = fields
    .map((field) => [lowerFirst(field.name), fieldForm(message, field)] as const)
    .filter(([, form]) => form !== '{}')
    .map(([name, form]) => `${name}: ${form}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function fieldForm(message: Message, field: Field): string {
  const parts: string[] = [];
  const range = parseRange(field.versions);
  const low = range?.low ?? 0;
  const high = range?.high ?? -1;
  if (low > message.valid.low) parts.push(`from: ${low}`);
  if (high < message.valid.high) parts.push(`to: ${high}`);
  if (field.tag !== undefined) parts.push(`omitted: ${omitted(field)}`);
  if (field.type === 'float64') parts.push('isDouble: true');
  const struct = elementType(field.type);
  if (isStruct(struct)) {
    const inner = message.structs.find(({ name }) => name === struct);
    const forms = inner === undefined ? '{}' : structForms(message, inner.fields);
    if (forms !== '{}') parts.push(`fields: ${forms}`);
  }
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** The value at which a tagged field isn't written; '' stands for everything empty. */
function omitted({ type, default: value }: Field): string {
  if (value === null) return 'null';
  if (isArray(type) || isBytes(type) || isStruct(type)) return "''";
  if (type === 'bool') return String(value ?? false);
  if (type === 'string') return quote(String(value ?? ''));
  if (type === 'uuid') return quote(String(value ?? 'AAAAAAAAAAAAAAAAAAAAAA'));
  return String(Number(value ?? 0));
}
