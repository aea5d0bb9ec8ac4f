// --to-datetime and --by-duration as Java reads them (Utils.getDateTime with SimpleDateFormat, java.time.Duration).

import { ToolError } from './java-error.ts';
import { runtimeError } from './java-future.ts';

/** A zone is 'Z', hours or hours with minutes; without one it is UTC. What follows is not looked at, as in Java. */
const DATE_TIME = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(?:(Z)|([+-])(\d{1,2}|\d{2}:?\d{2}))/;

const DURATION =
  /^([-+]?)P(?:([-+]?\d+)D)?(T(?:([-+]?\d+)H)?(?:([-+]?\d+)M)?(?:([-+]?\d+)(?:[.,](\d{0,9}))?S)?)?$/i;

/** ms since the epoch. */
export function dateTimeMs(text: string): number {
  const parts = text.split('T');
  if (parts.length < 2 || parts[1] === '') {
    throw parseError(
      "Error parsing timestamp. It does not contain a 'T' according to ISO8601 format",
    );
  }
  const stamp = /[+\-Z]/.test(parts[1]!) ? text : `${text}Z`;
  const unparseable = parseError(`Unparseable date: "${stamp}"`);
  const match = DATE_TIME.exec(stamp);
  if (match === null) throw unparseable;
  const [year, month, day, hour, minute, second, milli] = match.slice(1, 8).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDate || hour > 23 || minute > 59 || second > 59 || milli > 999) throw unparseable;
  date.setUTCHours(hour, minute, second, milli);
  return date.getTime() - zoneMs(match[9], match[10], unparseable);
}

/** `+0200` is two hours: the pattern with minutes wants a colon, that without stops after the hours. */
function zoneMs(sign: string | undefined, text: string | undefined, unparseable: Error): number {
  if (sign === undefined || text === undefined) return 0;
  const [hours = 0, minutes = 0] = text.includes(':')
    ? text.split(':').map(Number)
    : [Number(text.slice(0, 2))];
  if (hours > 23 || minutes > 59) throw unparseable;
  return (sign === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function parseError(message: string): ToolError {
  return runtimeError(new ToolError(message, 'java.text.ParseException'));
}

/** ms, rounded down to whole ones. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  const [, sign, days, time, hours, minutes, seconds, fraction] = match ?? [];
  const isEmpty = days === undefined && hours === undefined && minutes === undefined;
  if (match === null || time === 'T' || time === 't' || (isEmpty && seconds === undefined)) {
    throw new ToolError(
      'Text cannot be parsed to a Duration',
      'java.time.format.DateTimeParseException',
    );
  }
  const fractionMs = Number(`0.${fraction || 0}`) * 1000 * (seconds?.startsWith('-') ? -1 : 1);
  const total =
    Number(days ?? 0) * 86_400_000 +
    Number(hours ?? 0) * 3_600_000 +
    Number(minutes ?? 0) * 60_000 +
    Number(seconds ?? 0) * 1000 +
    fractionMs;
  return Math.floor(sign === '-' ? -total : total);
}
