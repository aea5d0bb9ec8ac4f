// The message schemas as messages.json holds them, and the structures within a message, each with the versions
// in which it can occur. Facts only; what is emitted from them is in the emit-*.ts beside this.

import { intersect, parseRange, type Range, union } from './versions.ts';

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly versions: string;
  readonly nullableVersions?: string;
  readonly taggedVersions?: string;
  readonly tag?: number;
  readonly flexibleVersions?: string;
  readonly default?: string | number | boolean | null;
  readonly ignorable?: boolean;
  readonly fields?: readonly Field[];
}

export interface Schema {
  readonly name: string;
  readonly type: string;
  readonly module: string;
  readonly apiKey?: number;
  readonly validVersions: string;
  readonly flexibleVersions: string;
  readonly latestVersionUnstable?: boolean;
  readonly fields: readonly Field[];
  readonly commonStructs?: readonly { readonly name: string; readonly fields: readonly Field[] }[];
}

/** A structure of a message: the message itself, one nested in a field, or one of its commonStructs. */
export interface Struct {
  readonly name: string;
  readonly fields: readonly Field[];
  /** All versions of the message in which the structure may be met. */
  range: Range;
}

export interface Message {
  readonly schema: Schema;
  readonly valid: Range;
  readonly flexible: Range | undefined;
  readonly root: Struct;
  /** Inner structures first, the message last. */
  readonly structs: readonly Struct[];
}

export const PRIMITIVES = new Set([
  'bool',
  'int8',
  'int16',
  'uint16',
  'int32',
  'uint32',
  'int64',
  'float64',
  'uuid',
]);

export function elementType(type: string): string {
  return type.startsWith('[]') ? type.slice(2) : type;
}

export function isArray(type: string): boolean {
  return type.startsWith('[]');
}

export function isBytes(type: string): boolean {
  return type === 'bytes' || type === 'records';
}

export function isStruct(type: string): boolean {
  return !isArray(type) && /^[A-Z]/.test(type);
}

/** Undefined for a message that no version is left of. */
export function analyse(schema: Schema): Message | undefined {
  const valid = parseRange(schema.validVersions);
  if (valid === undefined) return undefined;
  const structs = new Map<string, Struct>();
  const root: Struct = { name: schema.name, fields: schema.fields, range: valid };
  collect(schema, root, structs);
  structs.set(root.name, root);
  return {
    schema,
    valid,
    flexible: intersect(parseRange(schema.flexibleVersions), valid),
    root,
    structs: [...structs.values()],
  };
}

function collect(schema: Schema, parent: Struct, structs: Map<string, Struct>): void {
  for (const field of parent.fields) {
    const name = elementType(field.type);
    if (!isStruct(name)) continue;
    const range = intersect(parseRange(field.versions), parent.range);
    if (range === undefined) continue;
    const known = structs.get(name);
    const fields =
      field.fields ?? schema.commonStructs?.find((common) => common.name === name)?.fields;
    if (fields === undefined) throw new Error(`${schema.name}: no structure ${name}`);
    const struct: Struct = {
      name,
      fields,
      range: known === undefined ? range : union(known.range, range),
    };
    collect(schema, struct, structs);
    structs.delete(name);
    structs.set(name, struct);
  }
}
