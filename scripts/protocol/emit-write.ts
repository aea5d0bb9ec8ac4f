// Emits the function that writes one structure from a draft: defaults for what was left out, a refusal for what
// the version cannot carry (unless the schema calls the field ignorable), tagged fields only when not at default.

import {
  defaultExpression,
  differsFromDefault,
  flexibleCondition,
  isNullable,
  isTagged,
  nullableCondition,
  presence,
  quote,
} from './fields.ts';
import { lowerFirst } from './names.ts';
import {
  elementType,
  type Field,
  isArray,
  isBytes,
  isStruct,
  type Message,
  type Struct,
} from './schema.ts';
import { type Condition, condition, intersect, type Range } from './versions.ts';

const WRITERS: Record<string, string> = {
  bool: 'writeBool',
  int8: 'writeInt8',
  int16: 'writeInt16',
  uint16: 'writeUint16',
  int32: 'writeInt32',
  uint32: 'writeUint32',
  int64: 'writeInt64',
  float64: 'writeFloat64',
  uuid: 'writeUuid',
};

export function emitWrite(message: Message, struct: Struct): string[] {
  const root = struct === message.root;
  const { name } = struct;
  const lines = [
    `${root ? 'export ' : ''}function write${name}(w: Writer, m: Draft<${name}>, v: number): void {`,
  ];
  if (root) {
    const { low, high } = message.valid;
    lines.push(`  checkVersion(${quote(name)}, v, ${low}, ${high});`);
  }
  for (const field of struct.fields) lines.push(...emitField(message, struct, field));
  lines.push(...emitTags(message, struct), '}');
  return lines;
}

function emitField(message: Message, struct: Struct, field: Field): string[] {
  const range = presence(message, struct, field);
  const refusal = emitRefusal(message, field);
  if (range === undefined) return refusal.length === 0 ? [] : [`  ${refusal[0]}`];
  const present = condition(range, struct.range);
  if (isTagged(field)) {
    if (present === 'true' || refusal.length === 0) return [];
    return [`  if (!(${present})) ${refusal[0]}`];
  }
  const body = emitValue(message, field, range, draftValue(message, field), false);
  if (present === 'true') return indent(body, 1);
  if (refusal.length === 0 && body.length === 1) return [`  if (${present}) ${body[0]}`];
  const lines = [`  if (${present}) {`, ...indent(body, 2)];
  if (refusal.length === 0) return [...lines, '  }'];
  return [
    ...lines,
    `  } else ${refusal[0]!.replace(/^if \((.*)\) (\w+\(.*\);)$/, 'if ($1) {\n    $2\n  }')}`,
  ];
}

function emitRefusal(message: Message, field: Field): string[] {
  if (field.ignorable) return [];
  const value = `m.${lowerFirst(field.name)}`;
  const differs = differsFromDefault(message, field, value);
  const both = differs.includes('||') ? `(${differs})` : differs;
  return [
    `if (${value} !== undefined && ${both}) refuseNonDefault(${quote(lowerFirst(field.name))}, v);`,
  ];
}

/** The field's value, its default when the draft leaves it out. */
function draftValue(message: Message, field: Field): string {
  const value = `m.${lowerFirst(field.name)}`;
  let fallback = defaultExpression(message, field);
  if (fallback === '[]') fallback = 'EMPTY_LIST';
  if (isStruct(field.type) && field.default !== null) fallback = '{}';
  if (isNullable(field) && fallback !== 'null') {
    return `${value} === undefined ? ${fallback} : ${value}`;
  }
  return `${value} ?? ${fallback}`;
}

function indent(lines: readonly string[], depth: number): string[] {
  return lines.map((line) => '  '.repeat(depth) + line);
}

/** `if (when) a else b`, folded where it can be. */
function branch(when: Condition, a: readonly string[], b: readonly string[]): string[] {
  if (when === 'true') return [...a];
  if (when === 'false') return [...b];
  return [`if (${when}) {`, ...indent(a, 1), '} else {', ...indent(b, 1), '}'];
}

function emitValue(
  message: Message,
  field: Field,
  range: Range,
  value: string,
  tagged: boolean,
): string[] {
  const { type } = field;
  const primitive = WRITERS[type];
  if (primitive !== undefined) return [`w.${primitive}(${value});`];
  if (isArray(type)) return emitArray(message, field, range, value);
  if (isStruct(type)) return emitStruct(field, range, value, tagged);
  return emitText(message, field, range, value);
}

function emitText(message: Message, field: Field, range: Range, value: string): string[] {
  const noun = isBytes(field.type) ? 'Bytes' : 'String';
  const name = quote(lowerFirst(field.name));
  const extra = noun === 'String' ? `, ${name}` : '';
  const call = (compact: boolean, nullable: boolean) => {
    const given = !nullable && isNullable(field) ? `w.required(${value}, ${name})` : value;
    return [
      `w.write${compact ? 'Compact' : ''}${nullable ? 'Nullable' : ''}${noun}(${given}${extra});`,
    ];
  };
  const nullable = nullableCondition(field, range);
  return branch(
    flexibleCondition(message, field, range),
    branch(nullable, call(true, true), call(true, false)),
    branch(nullable, call(false, true), call(false, false)),
  );
}

function emitStruct(field: Field, range: Range, value: string, tagged: boolean): string[] {
  const { type } = field;
  const local = 'value';
  const nullable = nullableCondition(field, range);
  const presenceCall = tagged ? 'writeTaggedPresence' : 'writePresence';
  if (!isNullable(field)) return [`write${type}(w, ${value}, v);`];
  const name = quote(lowerFirst(field.name));
  const plain = [`write${type}(w, w.required(${value}, ${name}), v);`];
  const marked = [
    '{',
    `  const ${local} = ${value};`,
    `  w.${presenceCall}(${local} !== null);`,
    `  if (${local} !== null) write${type}(w, ${local}, v);`,
    '}',
  ];
  return branch(nullable, marked, plain);
}

function emitArray(message: Message, field: Field, range: Range, value: string): string[] {
  const name = quote(lowerFirst(field.name));
  const flexible = flexibleCondition(message, field, range);
  const nullable = nullableCondition(field, range);
  const lines = ['{', `  const list = ${value};`];
  const mayBeNull = isNullable(field);
  if (mayBeNull && nullable !== 'true') {
    const refusal = `w.required(list, ${name});`;
    lines.push(nullable === 'false' ? `  ${refusal}` : `  if (!(${nullable})) ${refusal}`);
  }
  const count = mayBeNull ? 'list === null ? -1 : list.length' : 'list.length';
  const lengths = branch(
    flexible,
    [`w.writeCompactArrayLength(${count});`],
    [`w.writeArrayLength(${count});`],
  );
  lines.push(...indent(lengths, 1));
  const loop = [
    'for (let i = 0; i < list.length; i++) {',
    ...indent(emitElement(field, flexible, name), 1),
    '}',
  ];
  if (mayBeNull) lines.push('  if (list !== null) {', ...indent(loop, 2), '  }');
  else lines.push(...indent(loop, 1));
  lines.push('}');
  return lines;
}

function emitElement(field: Field, flexible: Condition, name: string): string[] {
  const element = elementType(field.type);
  const primitive = WRITERS[element];
  if (primitive !== undefined) return [`w.${primitive}(list[i]!);`];
  if (isStruct(element)) return [`write${element}(w, list[i]!, v);`];
  return branch(
    flexible,
    [`w.writeCompactString(list[i]!, ${name});`],
    [`w.writeString(list[i]!, ${name});`],
  );
}

function emitTags(message: Message, struct: Struct): string[] {
  const flexible = condition(message.flexible, struct.range);
  if (flexible === 'false') return [];
  const tagged = struct.fields
    .filter((field) => isTagged(field) && presence(message, struct, field) !== undefined)
    .sort((a, b) => a.tag! - b.tag!);
  if (tagged.length === 0) {
    return flexible === 'true' ? ['  w.writeNoTags();'] : [`  if (${flexible}) w.writeNoTags();`];
  }
  const lines = [
    flexible === 'true' ? '  {' : `  if (${flexible}) {`,
    '    const tags = w.beginTags();',
  ];
  const context = intersect(message.flexible, struct.range)!;
  for (const field of tagged) {
    lines.push(
      ...indent(emitTagged(message, field, presence(message, struct, field)!, context), 2),
    );
  }
  lines.push('    w.endTags();', '  }');
  return lines;
}

function emitTagged(message: Message, field: Field, range: Range, context: Range): string[] {
  const present = condition(range, context);
  const value = `m.${lowerFirst(field.name)}`;
  const differs = differsFromDefault(message, field, value);
  const guards = [`${value} !== undefined`];
  if (present !== 'true') guards.unshift(present);
  guards.push(differs.includes('||') ? `(${differs})` : differs);
  return [
    `if (${guards.join(' && ')}) {`,
    `  const tag = w.beginTag(tags, ${field.tag});`,
    ...indent(emitValue(message, field, range, value, true), 1),
    '  w.endTag(tag);',
    '}',
  ];
}

/** `isDefaultX(m)`: whether every field of a structure is at its default, so that a tagged one is left out. */
export function emitIsDefault(message: Message, struct: Struct): string[] {
  const parts = struct.fields.map((field) => {
    const value = `m.${lowerFirst(field.name)}`;
    const differs = differsFromDefault(message, field, value);
    const simple = /^\S+ !== \S+$/.test(differs);
    const equals = simple ? differs.replace('!==', '===') : `!(${differs})`;
    return `(${value} === undefined || ${equals})`;
  });
  const used = struct.fields.length > 0 ? 'm' : '_m';
  return [
    `function isDefault${struct.name}(${used}: Draft<${struct.name}>): boolean {`,
    `  return ${parts.join(' && ') || 'true'};`,
    '}',
  ];
}
