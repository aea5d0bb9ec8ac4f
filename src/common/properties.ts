// Java's .properties format, read and written as java.util.Properties does: `#` and `!` comments, `=`, `:` or
// white space as separators, continuation lines, \uXXXX and the one-letter escapes. Later keys win, order is kept.
// It never interprets values: numbers, lists and defaults belong to src/config.

/** Throws PropertiesError on a malformed \uXXXX escape, as java.util.Properties.load does. */
export function parseProperties(text: string): Map<string, string> {
  const properties = new Map<string, string>();
  for (const line of logicalLines(text)) {
    const { key, value } = splitLine(line);
    properties.set(unescapeText(key), unescapeText(value));
  }
  return properties;
}

/** What Properties.load throws. */
export class PropertiesError extends Error {
  readonly exception = 'java.lang.IllegalArgumentException';
  constructor(message: string) {
    super(message);
    this.name = 'PropertiesError';
  }
}

/** One `key=value` line each, in the map's order, after the comments; ends with a newline. */
export function formatProperties(
  properties: Iterable<readonly [string, string]>,
  comments: readonly string[] = [],
): string {
  const lines = comments.map((comment) => `#${comment}`);
  for (const [key, value] of properties) {
    lines.push(`${escapeText(key, true)}=${escapeText(value, false)}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** Comment lines dropped, continuations joined, leading white space of each natural line removed. */
function logicalLines(text: string): string[] {
  const lines: string[] = [];
  let pending: string | undefined;
  for (const natural of text.split(/\r\n|\r|\n/)) {
    const line = natural.replace(/^[ \t\f]+/, '');
    if (pending === undefined && (line === '' || line.startsWith('#') || line.startsWith('!'))) {
      continue;
    }
    const whole: string = (pending ?? '') + line;
    if (endsInContinuation(line)) {
      pending = whole.slice(0, -1);
    } else {
      lines.push(whole);
      pending = undefined;
    }
  }
  if (pending !== undefined && pending !== '') lines.push(pending);
  return lines;
}

function endsInContinuation(line: string): boolean {
  let backslashes = 0;
  while (backslashes < line.length && line[line.length - 1 - backslashes] === '\\') backslashes++;
  return backslashes % 2 === 1;
}

function splitLine(line: string): { key: string; value: string } {
  let end = 0;
  while (end < line.length && !/[=: \t\f]/.test(line[end]!)) end += line[end] === '\\' ? 2 : 1;
  let start = end;
  while (start < line.length && /[ \t\f]/.test(line[start]!)) start++;
  if (line[start] === '=' || line[start] === ':') start++;
  while (start < line.length && /[ \t\f]/.test(line[start]!)) start++;
  return { key: line.slice(0, end), value: line.slice(start) };
}

const ONE_LETTER: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' };

function unescapeText(text: string): string {
  if (!text.includes('\\')) return text;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      out += text[i];
      continue;
    }
    i++;
    if (i >= text.length) break;
    if (text[i] === 'u') {
      const hex = text.slice(i + 1, i + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(hex)) {
        throw new PropertiesError('Malformed \\uxxxx encoding.');
      }
      out += String.fromCharCode(Number.parseInt(hex, 16));
      i += 4;
    } else {
      out += ONE_LETTER[text[i]!] ?? text[i];
    }
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\f': '\\f',
  '\\': '\\\\',
  '=': '\\=',
  ':': '\\:',
  '#': '\\#',
  '!': '\\!',
};

function escapeText(text: string, isKey: boolean): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    const code = text.charCodeAt(i);
    if (char === ' ') out += isKey || i === 0 ? '\\ ' : ' ';
    else if (ESCAPES[char] !== undefined) out += ESCAPES[char];
    else if (code < 0x20 || code > 0x7e) {
      out += `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
    } else out += char;
  }
  return out;
}
