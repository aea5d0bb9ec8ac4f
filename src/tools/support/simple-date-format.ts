// java.text.SimpleDateFormat as far as the patterns of Kafka's tools go: numbers, names of days and months in English,
// the zone; quoted text. Local time.

import { ToolError } from './java-error.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

type Field = (date: Date, width: number) => string;

const number = (value: number, width: number) => String(value).padStart(width, '0');
const name = (text: string, width: number) => (width < 4 ? text.slice(0, 3) : text);

const FIELDS: Readonly<Record<string, Field>> = {
  G: () => 'AD',
  y: (date, width) =>
    width === 2 ? number(date.getFullYear() % 100, 2) : number(date.getFullYear(), width),
  M: (date, width) =>
    width < 3 ? number(date.getMonth() + 1, width) : name(MONTHS[date.getMonth()]!, width),
  d: (date, width) => number(date.getDate(), width),
  E: (date, width) => name(DAYS[date.getDay()]!, width),
  u: (date, width) => number(date.getDay() === 0 ? 7 : date.getDay(), width),
  D: (date, width) => number(dayOfYear(date), width),
  a: (date) => (date.getHours() < 12 ? 'AM' : 'PM'),
  H: (date, width) => number(date.getHours(), width),
  k: (date, width) => number(date.getHours() || 24, width),
  K: (date, width) => number(date.getHours() % 12, width),
  h: (date, width) => number(date.getHours() % 12 || 12, width),
  m: (date, width) => number(date.getMinutes(), width),
  s: (date, width) => number(date.getSeconds(), width),
  S: (date, width) => number(date.getMilliseconds(), width),
  Z: (date) => zone(date, ''),
  X: (date, width) => isoZone(date, width),
};

/** ms since the epoch → text. Throws ToolError for a pattern that isn't one. */
export function simpleDateFormat(pattern: string): (ms: number) => string {
  const parts = [...pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/g)].map(partOf);
  return (ms) => {
    const date = new Date(ms);
    return parts.map((part) => part(date)).join('');
  };
}

function partOf([text, quoted, letter]: RegExpExecArray): (date: Date) => string {
  if (quoted !== undefined) {
    const literal = quoted === '' ? "'" : quoted.replaceAll("''", "'");
    return () => literal;
  }
  if (text === "'") throw new ToolError('Unterminated quote');
  if (letter === undefined) return () => text;
  const field = FIELDS[letter];
  if (field === undefined) throw new ToolError(`Illegal pattern character '${letter}'`);
  return (date) => field(date, text.length);
}

function dayOfYear(date: Date): number {
  const start = Date.UTC(date.getFullYear(), 0, 0);
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return (day - start) / 86_400_000;
}

function zone(date: Date, separator: string): string {
  const minutes = -date.getTimezoneOffset();
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${number(hours, 2)}${separator}${number(rest, 2)}`;
}

function isoZone(date: Date, width: number): string {
  if (date.getTimezoneOffset() === 0) return 'Z';
  const text = zone(date, width === 3 ? ':' : '');
  return width === 1 ? text.slice(0, 3) : text;
}
