// A decoded message as the JSON that Kafka's generated JsonConverters and Jackson make of it: fields in the schema's
// order, int64 in full, bytes as base64, tagged fields only where they differ from their defaults.

import { javaLongToString } from '../../common/java.ts';
import { javaDoubleToString } from '../../common/java-floating.ts';
import { JSON_FORMS } from '../../protocol/generated/json-forms.ts';
import type { JsonForm, JsonForms } from '../../protocol/json-form.ts';

const NO_FORMS: JsonForms = {};

/** `name` is the schema's: OffsetCommitValue. */
export function messageJson(name: string, message: object, version: number): string {
  return structJson(message, JSON_FORMS[name] ?? NO_FORMS, version);
}

/** The fields of a message as JSON texts, to be put together otherwise. */
export function messageFields(name: string, message: object, version: number): Map<string, string> {
  return fieldsJson(message, JSON_FORMS[name] ?? NO_FORMS, version);
}

function structJson(struct: object, forms: JsonForms, version: number): string {
  return joinFields(fieldsJson(struct, forms, version));
}

export function joinFields(fields: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of fields) text += `${text === '' ? '' : ','}"${name}":${value}`;
  return `{${text}}`;
}

function fieldsJson(struct: object, forms: JsonForms, version: number): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of Object.entries(struct)) {
    const form = forms[name];
    if (form === undefined || isShown(form, value, version)) {
      fields.set(name, valueJson(value, form, version));
    }
  }
  return fields;
}

function isShown({ from = 0, to = 32767, omitted }: JsonForm, value: unknown, version: number) {
  if (version < from || version > to) return false;
  if (omitted === undefined) return true;
  return omitted === '' ? !isEmpty(value) : value !== omitted;
}

/** The default of an array, and of a structure with defaults alone. */
function isEmpty(value: unknown): boolean {
  if (value === '' || value === 0 || value === false) return true;
  if (value === null || typeof value !== 'object') return false;
  if (Array.isArray(value) || Buffer.isBuffer(value)) return value.length === 0;
  return Object.values(value).every(isEmpty);
}

function valueJson(value: unknown, form: JsonForm | undefined, version: number): string {
  if (value === null) return 'null';
  if (typeof value === 'number') {
    return form?.isDouble === true ? doubleJson(value) : javaLongToString(value);
  }
  if (typeof value === 'string') return stringJson(value);
  if (Buffer.isBuffer(value)) return `"${value.toString('base64')}"`;
  if (Array.isArray(value)) {
    return `[${value.map((item) => valueJson(item, form, version)).join(',')}]`;
  }
  if (typeof value === 'object') return structJson(value, form?.fields ?? NO_FORMS, version);
  return String(value);
}

/** Jackson puts what JSON has no number for between quotes. */
function doubleJson(value: number): string {
  const text = javaDoubleToString(value);
  return Number.isFinite(value) ? text : `"${text}"`;
}

/** Jackson writes control characters with capital hex digits. */
export function stringJson(text: string): string {
  return JSON.stringify(text).replace(
    /\\u00[0-9a-f]{2}/g,
    (code) => `\\u${code.slice(2).toUpperCase()}`,
  );
}
