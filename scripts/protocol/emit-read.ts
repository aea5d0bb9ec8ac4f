// Emits the function that reads one structure: fields in wire order into locals, then tagged fields, then one
// object literal, so that every object of a structure has the same shape whatever the version.

import {
  defaultExpression,
  flexibleCondition,
  isNullable,
  isTagged,
  minElementBytes,
  nullableCondition,
  presence,
  quote,
} from './fields.ts';
import { localName, lowerFirst } from './names.ts';
import {
  elementType,
  type Field,
  isArray,
  isBytes,
  isStruct,
  type Message,
  type Struct,
} from './schema.ts';
import { condition, pick, type Range } from './versions.ts';

const READERS: Record<string, string> = {
  bool: 'readBool',
  int8: 'readInt8',
  int16: 'readInt16',
  uint16: 'readUint16',
  int32: 'readInt32',
  uint32: 'readUint32',
  int64: 'readInt64',
  float64: 'readFloat64',
  uuid: 'readUuid',
};

export function emitRead(message: Message, struct: Struct): string[] {
  const root = struct === message.root;
  const { name } = struct;
  const lines = [`${root ? 'export ' : ''}function read${name}(r: Reader, v: number): ${name} {`];
  if (root) lines.push(...emitBegin(message));
  for (const field of struct.fields) {
    if (!isTagged(field)) lines.push(...emitField(message, struct, field));
  }
  for (const field of struct.fields) {
    if (!isTagged(field)) continue;
    const local = localName(field.name);
    const type = typeOf(field);
    lines.push(`  let ${local}: ${type} = ${defaultExpression(message, field)};`);
  }
  lines.push(...emitTags(message, struct));
  lines.push(`  return ${literal(struct)};`, '}');
  return lines;
}

/** The function that reads `n` elements of a structure. */
export function emitReadList(struct: Struct): string[] {
  const { name } = struct;
  return [
    `function read${name}List(r: Reader, v: number, n: number): ${name}[] {`,
    `  const list = newList<${name}>(n);`,
    `  for (let i = 0; i < n; i++) list[i] = read${name}(r, v);`,
    '  return list;',
    '}',
  ];
}

function emitBegin(message: Message): string[] {
  const { name } = message.schema;
  const { low, high } = message.valid;
  return [
    `  checkVersion(${quote(name)}, v, ${low}, ${high});`,
    `  r.messageName = ${quote(name)};`,
  ];
}

function literal(struct: Struct): string {
  const parts = struct.fields.map((field) => {
    const property = lowerFirst(field.name);
    const local = localName(field.name);
    return property === local ? property : `${property}: ${local}`;
  });
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

function typeOf(field: Field): string {
  const element = elementType(field.type);
  let type = 'number';
  if (element === 'bool') type = 'boolean';
  else if (element === 'string' || element === 'uuid') type = 'string';
  else if (isBytes(element)) type = 'Buffer';
  else if (isStruct(element)) type = element;
  if (isArray(field.type)) type += '[]';
  return isNullable(field) ? `${type} | null` : type;
}

function emitField(message: Message, struct: Struct, field: Field): string[] {
  const range = presence(message, struct, field);
  const local = localName(field.name);
  const fallback = defaultExpression(message, field);
  if (range === undefined) return [`  const ${local}: ${typeOf(field)} = ${fallback};`];
  const present = condition(range, struct.range);
  if (isArray(field.type)) return emitArray(message, field, range, present);
  const value = readExpression(message, field, range, false);
  return [
    `  const ${local} = ${present === 'true' ? value : pick(present, parenthesised(value), fallback)};`,
  ];
}

function emitArray(message: Message, field: Field, range: Range, present: string): string[] {
  const local = localName(field.name);
  const length = lengthExpression(message, field, range);
  const lengthOrNone = pick(present, length, field.default === null ? '-1' : '0');
  if (!isNullable(field)) {
    return [`  const ${local} = ${elements(message, field, range, lengthOrNone)};`];
  }
  const count = `${local}Length`;
  return [
    `  const ${count} = ${lengthOrNone};`,
    `  const ${local} = ${count} < 0 ? null : ${elements(message, field, range, count)};`,
  ];
}

function lengthExpression(message: Message, field: Field, range: Range): string {
  const least = minElementBytes(message, elementType(field.type), range);
  const call = (compact: boolean, nullable: boolean) =>
    `r.read${compact ? 'Compact' : ''}${nullable ? 'Nullable' : ''}ArrayLength(${least}, ${quote(lowerFirst(field.name))})`;
  return choose(message, field, range, call);
}

function choose(
  message: Message,
  field: Field,
  range: Range,
  call: (compact: boolean, nullable: boolean) => string,
): string {
  const flexible = flexibleCondition(message, field, range);
  const nullable = nullableCondition(field, range);
  return pick(
    flexible,
    parenthesised(pick(nullable, call(true, true), call(true, false))),
    pick(nullable, call(false, true), call(false, false)),
  );
}

function parenthesised(expression: string): string {
  return expression.includes(' ? ') && !expression.startsWith('(') ? `(${expression})` : expression;
}

function elements(message: Message, field: Field, range: Range, count: string): string {
  const element = elementType(field.type);
  if (isStruct(element)) return `read${element}List(r, v, ${count})`;
  if (element !== 'string') {
    const type = element.charAt(0).toUpperCase() + element.slice(1);
    return `r.read${type}Array(${count})`;
  }
  const name = quote(lowerFirst(field.name));
  const flexible = flexibleCondition(message, field, range);
  if (flexible === 'true') return `r.readCompactStringArray(${count}, ${name})`;
  if (flexible === 'false') return `r.readStringArray(${count}, ${name})`;
  return `r.readStrings(${flexible}, ${count}, ${name})`;
}

function readExpression(message: Message, field: Field, range: Range, tagged: boolean): string {
  const { type } = field;
  const name = quote(lowerFirst(field.name));
  const primitive = READERS[type];
  if (primitive !== undefined) return `r.${primitive}(${name})`;
  if (isStruct(type)) {
    const presenceCall = tagged ? 'readTaggedPresence' : 'readPresence';
    return pick(
      nullableCondition(field, range),
      `(r.${presenceCall}(${name}) ? read${type}(r, v) : null)`,
      `read${type}(r, v)`,
    );
  }
  const noun = isBytes(type) ? 'Bytes' : 'String';
  return choose(
    message,
    field,
    range,
    (compact, nullable) =>
      `r.read${compact ? 'Compact' : ''}${nullable ? 'Nullable' : ''}${noun}(${name})`,
  );
}

function emitTags(message: Message, struct: Struct): string[] {
  const flexible = condition(message.flexible, struct.range);
  if (flexible === 'false') return [];
  const tagged = struct.fields
    .filter((field) => isTagged(field) && presence(message, struct, field) !== undefined)
    .sort((a, b) => a.tag! - b.tag!);
  if (tagged.length === 0) {
    return flexible === 'true' ? ['  r.skipTags();'] : [`  if (${flexible}) r.skipTags();`];
  }
  const open = flexible === 'true' ? '  {' : `  if (${flexible}) {`;
  const lines = [
    open,
    '    for (let n = r.readTagCount(); n > 0; n--) {',
    "      const tag = r.readUvarint('taggedFields');",
    '      const end = r.readTagEnd();',
    '      switch (tag) {',
  ];
  for (const field of tagged) lines.push(...emitTagCase(message, struct, field));
  lines.push('        default:', '          r.position = end;', '      }', '    }', '  }');
  return lines;
}

function emitTagCase(message: Message, struct: Struct, field: Field): string[] {
  const range = presence(message, struct, field)!;
  const context = message.flexible!;
  const local = localName(field.name);
  const name = quote(lowerFirst(field.name));
  const lines = [`        case ${field.tag}: {`];
  const present = condition(range, {
    low: Math.max(context.low, struct.range.low),
    high: Math.min(context.high, struct.range.high),
  });
  if (present !== 'true') {
    lines.push(
      `          if (!(${present})) r.fail(\`tag ${field.tag} is not valid in version \${v}\`, ${name});`,
    );
  }
  if (isArray(field.type)) {
    const length = lengthExpression(message, field, range);
    if (isNullable(field)) {
      lines.push(
        `          const length = ${length};`,
        `          ${local} = length < 0 ? null : ${elements(message, field, range, 'length')};`,
      );
    } else {
      lines.push(`          ${local} = ${elements(message, field, range, length)};`);
    }
  } else {
    lines.push(`          ${local} = ${readExpression(message, field, range, true)};`);
  }
  lines.push(`          r.endTag(end, ${name});`, '          break;', '        }');
  return lines;
}
